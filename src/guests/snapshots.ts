// Snapshots and their phases: a row says what is under way before anything is touched, so that what a stop in
// between leaves is removed, or carried through. Reverting makes the guest suspended at that moment.

import { asRayError, RayError } from '../contracts/index.ts';
import type { Mark } from '../log/index.ts';
import type { NeededImages } from './images.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';
import { SnapshotFiles, type SnapshotFilesParts } from './snapshot-files.ts';
import type { SnapshotRow, SnapshotRows } from './snapshot-rows.ts';

export type SnapshotParts = SnapshotFilesParts & {
  readonly snapshots: SnapshotRows;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
};

export class Snapshots {
  readonly #parts: SnapshotParts;
  readonly #files: SnapshotFiles;
  readonly #images: NeededImages;

  constructor(parts: SnapshotParts, images: NeededImages) {
    this.#parts = parts;
    this.#files = new SnapshotFiles(parts);
    this.#images = images;
  }

  /**
   * Takes a snapshot of a guest: with its memory while it runs, is paused or suspended; of its disks alone
   * when it is stopped. A guest that runs stands still meanwhile. Throws SNAPSHOT_EXISTS, GUEST_CANNOT,
   * STATE_UNWRITABLE; the guest is then as before.
   */
  async take(
    row: GuestRow,
    running: RunningGuest | undefined,
    name: string,
    note: string | undefined,
  ): Promise<SnapshotRow> {
    const { snapshots, mark } = this.#parts;
    if (running === undefined && row.saved === undefined && row.spec.disks.length === 0)
      throw new RayError(
        'GUEST_CANNOT',
        `${row.title} has no disk, and nothing in memory while it is stopped`,
        { remedy: `Take it while it runs: rayos guest start ${row.name}` },
      );
    snapshots.begin(row.id, name, note);
    try {
      const memory =
        running === undefined
          ? await this.#files.takeAtRest(row, name)
          : await this.#files.takeLive(row, running, name);
      snapshots.finish(row.id, name, memory);
    } catch (thrown) {
      await this.#removeNow(row, running, name, asRayError(thrown));
      throw thrown;
    }
    mark('GUEST:SNAPSHOT_TAKEN', { guest: row.name, snapshot: name });
    return snapshots.get(row.id, name);
  }

  /** Throws GUEST_CANNOT when there is nothing whole to go back to; nothing has been touched then. */
  async checkRevert(row: GuestRow, name: string, isRunning: boolean): Promise<void> {
    const { memory } = this.#parts.snapshots.get(row.id, name);
    const remedy = `The guest is as it was. Delete the snapshot: rayos snapshot delete ${row.name} ${name}`;
    const without = await this.#files.disksWithout(row, name, isRunning);
    if (without.length > 0)
      throw new RayError('GUEST_CANNOT', `${name} is not in ${without.join(', ')}`, { remedy });
    if (row.spec.disks.length > 0 || this.#files.hasState(row, name, memory)) return;
    throw new RayError('GUEST_CANNOT', `the memory that ${name} keeps is not whole`, { remedy });
  }

  /** Brings a guest that does not run back to a snapshot; it is suspended there if its memory was kept. */
  async revert(row: GuestRow, name: string): Promise<void> {
    const { snapshots, mark } = this.#parts;
    const snapshot = snapshots.get(row.id, name);
    snapshots.beginRevert(row.id, name);
    await this.#apply(row, snapshot);
    snapshots.setPhase(row.id, name, 'whole');
    mark('GUEST:SNAPSHOT_REVERTED', { guest: row.name, snapshot: name });
  }

  /** Removes a snapshot. One that is being reverted to is carried through first, or this throws what `mend` does. */
  async delete(row: GuestRow, running: RunningGuest | undefined, name: string): Promise<void> {
    const { snapshots, mark } = this.#parts;
    if (snapshots.get(row.id, name).phase === 'reverting') await this.mend(row, running);
    snapshots.setPhase(row.id, name, 'deleting');
    await this.#images.releasing(row.id, () => this.#remove(row, running, name));
    mark('GUEST:SNAPSHOT_DELETED', { guest: row.name, snapshot: name });
  }

  /**
   * Ends what was begun and not ended: at rayosd's start, and before anything else is begun. What cannot be
   * removed now is told to the log. Throws when a revert cannot be carried through: a guest whose disks are
   * half reverted must not run.
   */
  async mend(row: GuestRow, running: RunningGuest | undefined): Promise<void> {
    const { snapshots, mark, report } = this.#parts;
    for (const snapshot of snapshots.of(row.id, { unfinished: true })) {
      const { name, phase } = snapshot;
      if (phase === 'whole') continue;
      try {
        await this.#mendOne(row, running, snapshot);
      } catch (thrown) {
        if (phase === 'reverting') throw thrown;
        report(`the snapshot ${name} of ${row.title} is left half made`, asRayError(thrown));
        continue;
      }
      mark('GUEST:MENDED', { guest: row.name, what: `${phase} the snapshot ${name}` });
    }
  }

  async #mendOne(
    row: GuestRow,
    running: RunningGuest | undefined,
    snapshot: SnapshotRow,
  ): Promise<void> {
    if (running === undefined && row.process !== undefined)
      throw new RayError('GUEST_RUNNING', `${row.title} holds its disks and does not answer`, {
        guest: row.name,
      });
    const { name, phase } = snapshot;
    if (phase !== 'reverting') return await this.#remove(row, running, name);
    // It cannot run: it was ended before its disks were touched.
    if (running === undefined) await this.#apply(row, snapshot);
    this.#parts.snapshots.setPhase(row.id, name, 'whole');
  }

  /** After a failure: what cannot be removed now (a full disk, a QEMU that hangs) is for `mend` to remove. */
  async #removeNow(
    row: GuestRow,
    running: RunningGuest | undefined,
    name: string,
    failure: RayError,
  ): Promise<void> {
    try {
      // A QEMU that hangs would only be waited for once more.
      if (failure.code === 'TIMED_OUT') throw failure;
      await this.#remove(row, running, name);
    } catch (left) {
      this.#parts.report(`the snapshot ${name} is left half made`, asRayError(left));
    }
  }

  async #apply(row: GuestRow, snapshot: SnapshotRow): Promise<void> {
    if (await this.#files.apply(row, snapshot)) return;
    const what = `it boots from its disks: the memory that ${snapshot.name} kept is not whole`;
    this.#parts.mark('GUEST:MENDED', { guest: row.name, what });
  }

  /** Removes what there is of a snapshot, whatever was made of it; its row goes last. */
  async #remove(row: GuestRow, running: RunningGuest | undefined, name: string): Promise<void> {
    await this.#files.remove(row, running, name);
    this.#parts.snapshots.remove(row.id, name);
  }
}
