// The registry: which guests there are, with an identity that survives restarts. One row a guest.
// The row is written before the thing it names is made, and removed after it is gone.

import { randomUUID } from 'node:crypto';
import Value from 'typebox/value';
import { GuestState, RayError } from '../contracts/index.ts';
import type { Migration, Store } from '../foundation/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';
import { snapshotTable } from './snapshot-rows.ts';
import { type GuestSpec, parseSpec, plainSpec } from './spec.ts';

export const guestMigration: Migration = {
  room: 'guest',
  steps: [
    `CREATE TABLE guest (
       id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL, recipe TEXT NOT NULL,
       memory_mib INTEGER NOT NULL, cpus INTEGER NOT NULL, uid INTEGER NOT NULL UNIQUE, created TEXT NOT NULL,
       state TEXT NOT NULL DEFAULT 'stopped', reason TEXT, pid INTEGER, pid_start INTEGER, accelerator TEXT, started TEXT) STRICT`,
    `ALTER TABLE guest ADD COLUMN spec TEXT NOT NULL DEFAULT '{}'`,
    `ALTER TABLE guest ADD COLUMN saved TEXT;
     ALTER TABLE guest ADD COLUMN presented INTEGER NOT NULL DEFAULT 0;
     ALTER TABLE guest ADD COLUMN machine TEXT;
     ALTER TABLE guest ADD COLUMN wake INTEGER NOT NULL DEFAULT 0`,
    snapshotTable,
  ],
};

export type GuestRow = {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly recipe: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** The unprivileged user that only this guest's QEMU runs as, when RayOS is root. */
  readonly uid: number;
  readonly created: string;
  readonly spec: GuestSpec;
  readonly state: GuestState;
  readonly reason: string | undefined;
  readonly process: GuestProcess | undefined;
  /** The state on disk that it goes on from; nothing of it has run since, whatever else the row says. */
  readonly saved: SavedState | undefined;
  /** The machine as its QEMU was started last. */
  readonly machine: MachineConfig | undefined;
  /** On screen, and so again after a restart of RayOS. */
  readonly presented: boolean;
  /** Suspended because RayOS stopped: it goes on when RayOS starts. */
  readonly wake: boolean;
  /** What of its row cannot be read, in words. Such a guest is shown and may be deleted, and nothing else. */
  readonly broken?: string;
};

/** The QEMU of a running guest; `startTime` tells it from a later process with the same id. */
export type GuestProcess = {
  readonly pid: number;
  readonly startTime: number;
  readonly accelerator: 'kvm' | 'tcg';
  readonly started: string;
};

/** A machine's state in the guest's folder, and what it can be loaded into. */
export type SavedState = {
  readonly at: string;
  readonly bytes: number;
  /** A state of one accelerator is not loaded into another. */
  readonly accelerator: 'kvm' | 'tcg';
  /** The machine as it was started: what is changed of the guest holds from its next cold start. */
  readonly machine: MachineConfig;
};

export type NewGuest = Pick<GuestRow, 'name' | 'title' | 'recipe' | 'memoryMiB' | 'cpus' | 'spec'>;

/** First user id given to a guest: above what Debian, systemd and subordinate id ranges hand out. */
const firstUid = 1_900_000_000;

export class Registry {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  all(): GuestRow[] {
    return this.#store.database
      .prepare('SELECT * FROM guest ORDER BY created, name')
      .all()
      .map(rowOf);
  }

  find(id: string): GuestRow | undefined {
    const row = this.#store.database.prepare('SELECT * FROM guest WHERE id = ?').get(id);
    return row === undefined ? undefined : rowOf(row);
  }

  /** The row of `id`. Throws GUEST_UNKNOWN. */
  get(id: string): GuestRow {
    const row = this.find(id);
    if (row) return row;
    throw new RayError('GUEST_UNKNOWN', `there is no guest with the id ${id}`, {
      known:
        this.all()
          .map((g) => g.name)
          .join(', ') || 'none',
    });
  }

  /** Throws GUEST_EXISTS when the name is taken. */
  insert(guest: NewGuest): GuestRow {
    const id = randomUUID();
    this.#store.transaction(() => {
      const { database } = this.#store;
      if (database.prepare('SELECT 1 FROM guest WHERE name = ?').get(guest.name)) {
        throw exists(guest.name);
      }
      const highest = Number(
        database.prepare('SELECT max(uid) AS uid FROM guest').get()?.uid ?? firstUid - 1,
      );
      database
        .prepare(
          'INSERT INTO guest (id, name, title, recipe, memory_mib, cpus, uid, created, spec) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(
          id,
          guest.name,
          guest.title,
          guest.recipe,
          guest.memoryMiB,
          guest.cpus,
          Math.max(highest + 1, firstUid),
          new Date().toISOString(),
          JSON.stringify(guest.spec),
        );
    });
    return this.get(id);
  }

  setState(id: string, state: GuestState, reason?: string): void {
    this.#store.database
      .prepare('UPDATE guest SET state = ?, reason = ? WHERE id = ?')
      .run(state, reason ?? null, id);
  }

  setProcess(id: string, process: GuestProcess | undefined): void {
    this.#store.database
      .prepare('UPDATE guest SET pid = ?, pid_start = ?, accelerator = ?, started = ? WHERE id = ?')
      .run(
        process?.pid ?? null,
        process?.startTime ?? null,
        process?.accelerator ?? null,
        process?.started ?? null,
        id,
      );
  }

  /** Notes that a guest rests on disk (in one step with its state), or that it does no longer. */
  setSaved(id: string, saved: SavedState | undefined, wake = false): void {
    this.#store.transaction(() => {
      this.#store.database
        .prepare('UPDATE guest SET saved = ?, wake = ? WHERE id = ?')
        .run(saved === undefined ? null : JSON.stringify(saved), wake ? 1 : 0, id);
      if (saved !== undefined) this.setState(id, 'suspended');
    });
  }

  setMachine(id: string, machine: MachineConfig): void {
    this.#store.database
      .prepare('UPDATE guest SET machine = ? WHERE id = ?')
      .run(JSON.stringify(machine), id);
  }

  setPresented(id: string, isPresented: boolean): void {
    this.#store.database
      .prepare('UPDATE guest SET presented = ? WHERE id = ?')
      .run(isPresented ? 1 : 0, id);
  }

  /** Writes what a person changed of a guest. Throws GUEST_EXISTS when the name is taken. */
  change(
    id: string,
    to: Partial<Pick<GuestRow, 'name' | 'title' | 'memoryMiB' | 'cpus' | 'spec'>>,
  ): GuestRow {
    this.#store.transaction(() => {
      const { database } = this.#store;
      const { name, title, memoryMiB, cpus, spec } = { ...usable(this.get(id)), ...to };
      const other = database.prepare('SELECT id FROM guest WHERE name = ?').get(name);
      if (other !== undefined && other.id !== id) throw exists(name);
      database
        .prepare(
          'UPDATE guest SET name = ?, title = ?, memory_mib = ?, cpus = ?, spec = ? WHERE id = ?',
        )
        .run(name, title, memoryMiB, cpus, JSON.stringify(spec), id);
    });
    return this.get(id);
  }

  /** Notes that all of a guest is to go, whatever stands in its row: the next start removes it else. */
  condemn(id: string, why: string): void {
    const { spec } = this.get(id);
    this.#store.database
      .prepare('UPDATE guest SET spec = ? WHERE id = ?')
      .run(JSON.stringify({ ...spec, making: why }), id);
  }

  remove(id: string): void {
    this.#store.database.prepare('DELETE FROM guest WHERE id = ?').run(id);
  }
}

/** The row, unless it is broken: then GUEST_CANNOT, since what is written over it would be lost. */
export function usable(row: GuestRow): GuestRow {
  if (row.broken === undefined) return row;
  throw new RayError('GUEST_CANNOT', `what RayOS keeps of ${row.name} is damaged: ${row.broken}`, {
    remedy: `Its files are as they were, in the state folder under guests/${row.id}. Put back a copy of the database, or delete the guest: rayos guest delete ${row.name}`,
  });
}

function exists(name: string): RayError {
  return new RayError('GUEST_EXISTS', `there is already a guest called ${name}`, { guest: name });
}

/** Never throws: one row that was damaged must not keep the others from being read. */
function rowOf(row: Record<string, unknown>): GuestRow {
  const text = (key: string) => String(row[key] ?? '');
  const faults: string[] = [];
  const read = <T>(what: string, parse: () => T, otherwise: T): T => {
    try {
      return parse();
    } catch {
      faults.push(what);
      return otherwise;
    }
  };
  const spec = read('its specification', () => parseSpec(text('spec')), plainSpec);
  const saved = read('its saved state', () => savedOf(row.saved), undefined);
  const machine = read('its machine', () => machineOf(row.machine), undefined);
  const state = read('its state', () => stateOf(text('state')), 'failed' as const);
  const isBroken = faults.length > 0;
  const broken = `${faults.join(', ')} cannot be read`;
  const reason = row.reason === null ? undefined : text('reason');
  return {
    id: text('id'),
    name: text('name'),
    title: text('title'),
    recipe: text('recipe'),
    memoryMiB: Number(row.memory_mib),
    cpus: Number(row.cpus),
    uid: Number(row.uid),
    created: text('created'),
    spec,
    state: isBroken ? 'failed' : state,
    saved: isBroken ? undefined : saved,
    machine,
    presented: row.presented === 1,
    wake: !isBroken && row.wake === 1,
    reason: isBroken ? `What RayOS keeps of it is damaged: ${broken}` : reason,
    ...(isBroken ? { broken } : {}),
    process:
      row.pid === null
        ? undefined
        : {
            pid: Number(row.pid),
            startTime: Number(row.pid_start),
            accelerator: row.accelerator === 'kvm' ? 'kvm' : 'tcg',
            started: text('started'),
          },
  };
}

function stateOf(text: string): GuestState {
  if (!Value.Check(GuestState, text)) throw new TypeError('no state');
  return text;
}

function objectOf(text: unknown): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(String(text));
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new TypeError('no object');
}

function machineOf(text: unknown): MachineConfig | undefined {
  if (text === null) return undefined;
  const value = objectOf(text);
  if (!Array.isArray(value.devices)) throw new TypeError('no machine');
  return value as unknown as MachineConfig;
}

function savedOf(text: unknown): SavedState | undefined {
  if (text === null) return undefined;
  const value = objectOf(text);
  machineOf(JSON.stringify(value.machine));
  if (typeof value.bytes !== 'number') throw new TypeError('no state');
  return value as unknown as SavedState;
}
