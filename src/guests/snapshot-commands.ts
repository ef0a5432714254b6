// What people ask of a guest's snapshots: in turn with whatever else is asked of that guest, and with what an
// earlier one left half made ended first.

import type { Snapshot } from '../contracts/index.ts';
import type { Custody } from './custody.ts';
import { describeSnapshot } from './describe.ts';
import type { Exclusive } from './exclusive.ts';
import { type Registry, usable } from './registry.ts';
import type { SnapshotRows } from './snapshot-rows.ts';
import type { Snapshots } from './snapshots.ts';

export type SnapshotCommandParts = {
  readonly registry: Registry;
  readonly rows: SnapshotRows;
  readonly snapshots: Snapshots;
  readonly custody: Custody;
  readonly turns: Exclusive;
};

export class SnapshotCommands {
  readonly #parts: SnapshotCommandParts;

  constructor(parts: SnapshotCommandParts) {
    this.#parts = parts;
  }

  /** Snapshots of a guest, oldest first. */
  of(id: string): Snapshot[] {
    const { name } = this.#parts.registry.get(id);
    return this.#parts.rows.of(id).map((snapshot) => describeSnapshot(snapshot, name));
  }

  /** Takes a snapshot. Throws SNAPSHOT_EXISTS, GUEST_CANNOT, STATE_UNWRITABLE; all is then as before. */
  take(id: string, name: string, note?: string): Promise<Snapshot> {
    const { registry, snapshots, custody, turns } = this.#parts;
    return turns.run(id, async () => {
      await snapshots.mend(usable(registry.get(id)), custody.get(id));
      const row = registry.get(id);
      const taken = await snapshots.take(row, custody.get(id), name, note);
      custody.changed.emit();
      return describeSnapshot(taken, row.name);
    });
  }

  /** Brings a guest back to a snapshot, ending it first if it runs; it is then stopped or suspended. */
  revert(id: string, name: string): Promise<Snapshot> {
    const { registry, rows, snapshots, custody, turns } = this.#parts;
    return turns.run(id, async () => {
      const snapshot = rows.get(id, name);
      const isRunning = custody.get(id) !== undefined;
      await snapshots.checkRevert(usable(registry.get(id)), name, isRunning);
      await custody.end(id);
      await snapshots.revert(registry.get(id), name);
      custody.changed.emit();
      return describeSnapshot(snapshot, registry.get(id).name);
    });
  }

  delete(id: string, name: string): Promise<void> {
    const { registry, snapshots, custody, turns } = this.#parts;
    return turns.run(id, async () => {
      await snapshots.delete(usable(registry.get(id)), custody.get(id), name);
      custody.changed.emit();
    });
  }
}
