// A guest's copy. Its row comes first and says that it is being copied: one that was interrupted never starts
// with half a disk, and is removed by the next start of RayOS. What it was copied from is only read.

import { join } from 'node:path';
import { asRayError, type RayError } from '../contracts/index.ts';
import { asUnwritable, makeDirectory, type Paths } from '../foundation/index.ts';
import { copyDisk } from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import { copyOtherFiles, syncFolders } from './belongings.ts';
import { baseKey, diskFileOf, type Pins } from './disks.ts';
import type { BootImage } from './machine.ts';
import { madeOf } from './making.ts';
import { placesOf, removePlaces } from './places.ts';
import { titleFrom } from './recipes.ts';
import type { GuestRow, Registry } from './registry.ts';
import type { Unfinished } from './unfinished.ts';

export type CloneParts = {
  readonly registry: Registry;
  readonly paths: Paths;
  readonly pins: Pins;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
  readonly signal: AbortSignal;
  readonly unfinished: Unfinished;
  image(recipe: string, key?: string): Promise<BootImage>;
};

/** Copies a guest that does not run. Throws GUEST_EXISTS, STATE_UNWRITABLE …; nothing of the copy is left then. */
export async function cloneGuest(
  row: GuestRow,
  named: { readonly name: string; readonly title: string | undefined },
  parts: CloneParts,
): Promise<GuestRow> {
  const { registry, paths, pins, signal } = parts;
  const { name, title = titleFrom(name) } = named;
  const { recipe, memoryMiB, cpus } = row;
  const spec = { ...row.spec, madeFrom: `a copy of ${row.name}`, autostart: false, forwards: [] };
  const making = `it was being copied from ${row.name}`;
  const clone = registry.insert({
    name,
    title,
    recipe,
    memoryMiB,
    cpus,
    spec: { ...spec, making },
  });
  using _making = parts.unfinished.making(clone.id);
  const places = placesOf(paths, clone.id);
  const key = baseKey(row);
  try {
    if (key !== undefined) pins.pin(recipe, key, clone.id);
    const image = key === undefined ? undefined : await parts.image(recipe, key);
    makeDirectory(places.disksDir);
    for (const disk of row.spec.disks) {
      const from = diskFileOf(disk, image, placesOf(paths, row.id));
      await copyDisk(from, join(places.disksDir, disk.file), signal);
    }
    await copyOtherFiles(row.spec, placesOf(paths, row.id), places, signal);
    syncFolders(places);
    registry.change(clone.id, { spec: madeOf(registry.get(clone.id).spec) });
  } catch (thrown) {
    try {
      removePlaces(places);
      if (key !== undefined) pins.unpin(recipe, key, clone.id);
      registry.remove(clone.id);
    } catch (left) {
      parts.report(`the copy ${clone.name} is left half made`, asRayError(left));
    }
    throw asUnwritable(thrown) ?? asRayError(thrown);
  }
  parts.mark('GUEST:CLONED', { guest: row.name, name: clone.name });
  return registry.get(clone.id);
}
