// Snapshots: the disks of a guest as they are at one moment (internal to each qcow2), and while it runs the
// state of its machine with them (a file beside it). Reverting makes the guest suspended at that moment.

import { linkSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { asRayError, RayError, type SharedFolder } from '../contracts/index.ts';
import { makeDirectory, type Paths, syncDirectory } from '../foundation/index.ts';
import {
  type DiskFile,
  deleteLiveSnapshot,
  snapshotDisk,
  snapshotLiveDisks,
  snapshotsOf,
} from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import { baseKey, diskFileOf } from './disks.ts';
import { mountFolders, unmountFolders } from './folder-mounts.ts';
import type { NeededImages } from './images.ts';
import type { BootImage } from './machine.ts';
import { type Places, placesOf } from './places.ts';
import type { GuestRow, Registry } from './registry.ts';
import type { RunningGuest } from './running.ts';
import { discardState, isWhole, writeState } from './saved.ts';
import type { SnapshotMemory, SnapshotRow, SnapshotRows } from './snapshot-rows.ts';

export type SnapshotParts = {
  readonly registry: Registry;
  readonly snapshots: SnapshotRows;
  readonly paths: Paths;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
  image(recipe: string, key?: string): Promise<BootImage>;
};

/** Nothing here is worth stopping half way. */
const untilDone = new AbortController().signal;

export class Snapshots {
  readonly #parts: SnapshotParts;
  readonly #images: NeededImages;

  constructor(parts: SnapshotParts, images: NeededImages) {
    this.#parts = parts;
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
          ? await this.#takeAtRest(row, name)
          : await this.#takeLive(row, running, name);
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
    const without: string[] = [];
    for (const disk of await this.#disks(row))
      if (!(await snapshotsOf(disk, untilDone, isRunning)).includes(name))
        without.push(basename(disk.file));
    if (without.length > 0)
      throw new RayError('GUEST_CANNOT', `${name} is not in ${without.join(', ')}`, { remedy });
    if (row.spec.disks.length > 0 || this.#hasState(row, name, memory)) return;
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

  async #takeLive(row: GuestRow, running: RunningGuest, name: string): Promise<SnapshotMemory> {
    const { machine, process } = row;
    if (machine === undefined || process === undefined)
      throw new RayError('GUEST_CANNOT', `${row.title} was started by an older RayOS`, {
        remedy: `Start it anew: rayos guest stop ${row.name}`,
      });
    const places = this.#places(row.id);
    const { qmp } = running.qemu;
    await unmountFolders(running.agent, row.spec.folders);
    return await running.quietly(async () => {
      try {
        await qmp.execute('stop');
        await snapshotLiveDisks(
          qmp,
          row.spec.disks.map((disk) => disk.name),
          name,
        );
        makeDirectory(places.snapshotsDir);
        const bytes = await writeState(qmp, { memory: stateOf(places, name) }, untilDone);
        return { bytes, accelerator: process.accelerator, machine };
      } finally {
        // Also after a `stop` without an answer: a QEMU that goes on does both, in this order.
        if (row.state === 'running') await running.goOnAfter(`the snapshot ${name}`);
        void mountFolders(running.agent, this.#foldersOf(row), places);
      }
    });
  }

  async #takeAtRest(row: GuestRow, name: string): Promise<SnapshotMemory | undefined> {
    const places = this.#places(row.id);
    for (const disk of await this.#disks(row)) await snapshotDisk(disk, 'take', name, untilDone);
    const { saved } = row;
    if (saved === undefined) return undefined;
    makeDirectory(places.snapshotsDir);
    linkState(places.memory, stateOf(places, name), places.snapshotsDir);
    return { bytes: saved.bytes, accelerator: saved.accelerator, machine: saved.machine };
  }

  async #apply(row: GuestRow, { name, memory, created }: SnapshotRow): Promise<void> {
    const { registry } = this.#parts;
    const places = this.#places(row.id);
    registry.setSaved(row.id, undefined);
    registry.setState(row.id, 'stopped');
    discardState(places);
    for (const disk of await this.#disks(row)) await snapshotDisk(disk, 'apply', name, untilDone);
    if (memory === undefined) return;
    if (!this.#hasState(row, name, memory)) {
      const what = `it boots from its disks: the memory that ${name} kept is not whole`;
      this.#parts.mark('GUEST:MENDED', { guest: row.name, what });
      return;
    }
    linkState(stateOf(places, name), places.memory, places.stateDir);
    registry.setSaved(row.id, { at: created, ...memory });
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

  /** Removes what there is of a snapshot, whatever was made of it; its row goes last. */
  async #remove(row: GuestRow, running: RunningGuest | undefined, name: string): Promise<void> {
    const places = this.#places(row.id);
    if (running !== undefined) {
      for (const { name: disk } of row.spec.disks)
        await deleteLiveSnapshot(running.qemu.qmp, disk, name).catch(ignoreUnknown);
    } else {
      for (const disk of await this.#disks(row))
        if ((await snapshotsOf(disk, untilDone)).includes(name))
          await snapshotDisk(disk, 'delete', name, untilDone);
    }
    discardState({ memory: stateOf(places, name) });
    this.#parts.snapshots.remove(row.id, name);
  }

  /** As they are now: one may have been taken away meanwhile. */
  #foldersOf({ id }: GuestRow): readonly SharedFolder[] {
    return this.#parts.registry.get(id).spec.folders;
  }

  #hasState(row: GuestRow, name: string, memory: SnapshotMemory | undefined): boolean {
    const file = stateOf(this.#places(row.id), name);
    return memory !== undefined && isWhole({ memory: file }, memory.bytes);
  }

  async #disks(row: GuestRow): Promise<DiskFile[]> {
    if (row.spec.disks.length === 0) return [];
    const key = baseKey(row);
    const image = key === undefined ? undefined : await this.#parts.image(row.recipe, key);
    return row.spec.disks.map((disk) => diskFileOf(disk, image, this.#places(row.id)));
  }

  #places(id: string): Places {
    return placesOf(this.#parts.paths, id);
  }
}

function stateOf({ snapshotsDir }: Places, name: string): string {
  return join(snapshotsDir, `${name}.state`);
}

/** The same file under another name: a state is never written to again. */
function linkState(from: string, to: string, folder: string): void {
  rmSync(to, { force: true });
  linkSync(from, to);
  syncDirectory(folder);
}

function ignoreUnknown(thrown: unknown): void {
  const error = asRayError(thrown);
  if (!/can't find|not find|does not exist/i.test(error.message)) throw error;
}
