// Which snapshots there are. The row is written before anything is made, says what is under way, and goes
// after the last of it has gone: what a stop in between leaves is found and mended.

import { RayError } from '../contracts/index.ts';
import type { Store } from '../foundation/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';

export const snapshotTable = `CREATE TABLE snapshot (
  guest TEXT NOT NULL, name TEXT NOT NULL, created TEXT NOT NULL, note TEXT, phase TEXT NOT NULL,
  bytes INTEGER, accelerator TEXT, machine TEXT, PRIMARY KEY (guest, name)) STRICT`;

export type SnapshotPhase = 'taking' | 'whole' | 'reverting' | 'deleting';

export type SnapshotRow = {
  /** The guest's id. */
  readonly guest: string;
  readonly name: string;
  readonly created: string;
  readonly note: string | undefined;
  readonly phase: SnapshotPhase;
  /** The machine's state, for one that was taken while it ran. */
  readonly memory: SnapshotMemory | undefined;
};

export type SnapshotMemory = {
  readonly bytes: number;
  readonly accelerator: 'kvm' | 'tcg';
  readonly machine: MachineConfig;
};

export class SnapshotRows {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Snapshots of a guest, oldest first; with those that are half made or half gone only when asked. One that
   * is being reverted to is whole.
   */
  of(guest: string, options: { readonly unfinished?: boolean } = {}): SnapshotRow[] {
    return this.#store.database
      .prepare('SELECT * FROM snapshot WHERE guest = ? ORDER BY created, name')
      .all(guest)
      .map(rowOf)
      .filter(
        ({ phase }) => options.unfinished === true || phase === 'whole' || phase === 'reverting',
      );
  }

  /** Throws SNAPSHOT_UNKNOWN. */
  get(guest: string, name: string): SnapshotRow {
    const found = this.of(guest).find((row) => row.name === name);
    if (found) return found;
    const known = this.of(guest).map((row) => row.name);
    throw new RayError('SNAPSHOT_UNKNOWN', `there is no snapshot "${name}"`, {
      known: known.join(', ') || 'none',
    });
  }

  /** Throws SNAPSHOT_EXISTS. */
  begin(guest: string, name: string, note: string | undefined): void {
    if (this.of(guest, { unfinished: true }).some((row) => row.name === name))
      throw new RayError('SNAPSHOT_EXISTS', `there is a snapshot "${name}" already`);
    this.#store.database
      .prepare('INSERT INTO snapshot (guest, name, created, note, phase) VALUES (?, ?, ?, ?, ?)')
      .run(guest, name, new Date().toISOString(), note ?? null, 'taking');
  }

  finish(guest: string, name: string, memory: SnapshotMemory | undefined): void {
    this.#store.database
      .prepare(
        "UPDATE snapshot SET phase = 'whole', bytes = ?, accelerator = ?, machine = ? WHERE guest = ? AND name = ?",
      )
      .run(
        memory?.bytes ?? null,
        memory?.accelerator ?? null,
        memory === undefined ? null : JSON.stringify(memory.machine),
        guest,
        name,
      );
  }

  /** This one is being reverted to; one that was, and could not be carried through, is not any more. */
  beginRevert(guest: string, name: string): void {
    this.#store.database
      .prepare(
        "UPDATE snapshot SET phase = CASE name WHEN ? THEN 'reverting' ELSE 'whole' END WHERE guest = ? AND (name = ? OR phase = 'reverting')",
      )
      .run(name, guest, name);
  }

  setPhase(guest: string, name: string, phase: SnapshotPhase): void {
    this.#store.database
      .prepare('UPDATE snapshot SET phase = ? WHERE guest = ? AND name = ?')
      .run(phase, guest, name);
  }

  remove(guest: string, name: string): void {
    this.#store.database
      .prepare('DELETE FROM snapshot WHERE guest = ? AND name = ?')
      .run(guest, name);
  }

  removeAll(guest: string): void {
    this.#store.database.prepare('DELETE FROM snapshot WHERE guest = ?').run(guest);
  }
}

function rowOf(row: Record<string, unknown>): SnapshotRow {
  return {
    guest: String(row.guest),
    name: String(row.name),
    created: String(row.created),
    note: row.note === null ? undefined : String(row.note),
    phase: String(row.phase) as SnapshotPhase,
    memory: memoryOf(row),
  };
}

/** A machine that cannot be read is none: its disks of then are worth having without it. */
function memoryOf(row: Record<string, unknown>): SnapshotMemory | undefined {
  if (row.machine === null) return undefined;
  try {
    const machine = JSON.parse(String(row.machine)) as MachineConfig;
    const accelerator = row.accelerator === 'kvm' ? 'kvm' : 'tcg';
    return { bytes: Number(row.bytes), accelerator, machine };
  } catch {
    return undefined;
  }
}
