// A guest's machine switched on: with the disks that it has, or its first ones, made on its recipe's image.

import type { Probe } from '../contracts/index.ts';
import type { Paths } from '../foundation/index.ts';
import { baseKey, ensureDisks, type Pins } from './disks.ts';
import type { Ledger } from './ledger.ts';
import { type BootImage, type Host, machineOf, needsImage } from './machine.ts';
import { makePlaces, placesOf } from './places.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';
import { type SpawnParts, spawnGuest } from './spawning.ts';

export type ColdStartParts = SpawnParts & {
  readonly paths: Paths;
  /** The built image of a recipe: the newest, or that of a key. Throws IMAGE_MISSING. */
  image(recipe: string, key?: string): Promise<BootImage>;
  readonly pins: Pins;
};

/** The guest that runs, and its row as it was started. Throws IMAGE_MISSING, POLICY_DENIED, GUEST_DIED … */
export async function coldStart(
  row: GuestRow,
  parts: ColdStartParts & { readonly ledger: Ledger },
  host: Host & Pick<Probe, 'binary'>,
  signal: AbortSignal,
): Promise<{ readonly row: GuestRow; readonly guest: RunningGuest }> {
  const { registry, surround, ledger } = parts;
  const places = placesOf(parts.paths, row.id);
  const image = needsImage(row) ? await parts.image(row.recipe, baseKey(row)) : undefined;
  ledger.noteStarting(row, host.accelerator);
  makePlaces(places);
  const disks = await ensureDisks(row, image, places, parts.pins, signal);
  // Read again: what a person changed while its disks were made (a folder taken away) holds already.
  const now = registry.get(row.id);
  const made =
    disks === row.spec.disks
      ? now
      : registry.change(row.id, { spec: { ...now.spec, disks: [...disks] } });
  const { accelerator, devices } = host;
  const plain = machineOf(made, image, places, { accelerator, devices });
  const machine = { ...plain, devices: [...plain.devices, ...surround.devices(made, places)] };
  registry.setMachine(row.id, machine);
  return { row: made, guest: await spawnGuest(made, machine, places, parts, { host, signal }) };
}
