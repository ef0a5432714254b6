// What a snapshot is made of: a snapshot inside each qcow2 of the guest, and the state of its machine as a file
// beside them, both of one moment.

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
import { baseKey, diskFileOf } from './disks.ts';
import { mountFolders, unmountFolders } from './folder-mounts.ts';
import type { BootImage } from './machine.ts';
import { type Places, placesOf } from './places.ts';
import type { GuestRow, Registry } from './registry.ts';
import type { RunningGuest } from './running.ts';
import { discardState, isWhole, writeState } from './saved.ts';
import type { SnapshotMemory, SnapshotRow } from './snapshot-rows.ts';

export type SnapshotFilesParts = {
  readonly registry: Registry;
  readonly paths: Paths;
  image(recipe: string, key?: string): Promise<BootImage>;
};

/** Nothing here is worth stopping half way. */
const untilDone = new AbortController().signal;

export class SnapshotFiles {
  readonly #parts: SnapshotFilesParts;

  constructor(parts: SnapshotFilesParts) {
    this.#parts = parts;
  }

  /** Of a guest that runs or is paused: it stands still meanwhile, and goes on as before whatever happens. */
  async takeLive(row: GuestRow, running: RunningGuest, name: string): Promise<SnapshotMemory> {
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

  /** Of a guest that is stopped, or suspended: its memory is kept then, too. */
  async takeAtRest(row: GuestRow, name: string): Promise<SnapshotMemory | undefined> {
    const places = this.#places(row.id);
    for (const disk of await this.#disks(row)) await snapshotDisk(disk, 'take', name, untilDone);
    const { saved } = row;
    if (saved === undefined) return undefined;
    makeDirectory(places.snapshotsDir);
    linkState(places.memory, stateOf(places, name), places.snapshotsDir);
    return { bytes: saved.bytes, accelerator: saved.accelerator, machine: saved.machine };
  }

  /** Files of the guest's disks that know nothing of this snapshot. */
  async disksWithout(row: GuestRow, name: string, isRunning: boolean): Promise<string[]> {
    const without: string[] = [];
    for (const disk of await this.#disks(row))
      if (!(await snapshotsOf(disk, untilDone, isRunning)).includes(name))
        without.push(basename(disk.file));
    return without;
  }

  /** Whether the memory that a snapshot keeps is there, and whole. */
  hasState(row: GuestRow, name: string, memory: SnapshotMemory | undefined): boolean {
    const file = stateOf(this.#places(row.id), name);
    return memory !== undefined && isWhole({ memory: file }, memory.bytes);
  }

  /**
   * Brings the disks of a guest that does not run back, and lets it rest on the memory of then. False when
   * that was kept and is not whole: the guest is stopped.
   */
  async apply(row: GuestRow, { name, memory, created }: SnapshotRow): Promise<boolean> {
    const { registry } = this.#parts;
    const places = this.#places(row.id);
    registry.setSaved(row.id, undefined);
    registry.setState(row.id, 'stopped');
    discardState(places);
    for (const disk of await this.#disks(row)) await snapshotDisk(disk, 'apply', name, untilDone);
    if (memory === undefined) return true;
    if (!this.hasState(row, name, memory)) return false;
    linkState(stateOf(places, name), places.memory, places.stateDir);
    registry.setSaved(row.id, { at: created, ...memory });
    return true;
  }

  /** Removes what there is of a snapshot, whatever was made of it. */
  async remove(row: GuestRow, running: RunningGuest | undefined, name: string): Promise<void> {
    if (running !== undefined) {
      for (const { name: disk } of row.spec.disks)
        await deleteLiveSnapshot(running.qemu.qmp, disk, name).catch(ignoreUnknown);
    } else {
      for (const disk of await this.#disks(row))
        if ((await snapshotsOf(disk, untilDone)).includes(name))
          await snapshotDisk(disk, 'delete', name, untilDone);
    }
    discardState({ memory: stateOf(this.#places(row.id), name) });
  }

  /** As they are now: one may have been taken away meanwhile. */
  #foldersOf({ id }: GuestRow): readonly SharedFolder[] {
    return this.#parts.registry.get(id).spec.folders;
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
