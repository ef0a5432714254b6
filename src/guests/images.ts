// Which builds of its recipe's image a guest needs. One with a disk stays with the build that its disk began
// with; one without takes the newest at each cold start, and what it sleeps on, or its snapshots keep, goes on
// from the build that it was started with.

import { basename, dirname } from 'node:path';
import { asRayError, type RayError } from '../contracts/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';
import { baseKey, type Pins } from './disks.ts';
import type { GuestRow, Registry } from './registry.ts';
import type { SnapshotRow, SnapshotRows } from './snapshot-rows.ts';

export type ImageParts = {
  readonly registry: Registry;
  readonly snapshots: SnapshotRows;
  readonly pins: Pins;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
};

export class NeededImages {
  readonly #parts: ImageParts;

  constructor(parts: ImageParts) {
    this.#parts = parts;
  }

  /** Does what a guest may need an image less after, and lets go of those. An image too many is no harm. */
  async releasing<T>(id: string, work: () => Promise<T>): Promise<T> {
    const { registry, pins, report } = this.#parts;
    const before = this.#of(registry.get(id));
    try {
      return await work();
    } finally {
      try {
        const row = registry.get(id);
        const still = this.#of(row);
        for (const key of before) if (!still.has(key)) pins.unpin(row.recipe, key, id);
      } catch (thrown) {
        report('an image that is not needed is kept', asRayError(thrown));
      }
    }
  }

  /** Lets go of all that a guest needs, which is about to be gone itself. */
  releaseAll(row: GuestRow): void {
    for (const key of this.#of(row)) this.#parts.pins.unpin(row.recipe, key, row.id);
  }

  #of(row: GuestRow): Set<string> {
    return imagesOf(row, this.#parts.snapshots.of(row.id, { unfinished: true }));
  }
}

/** Keys of the builds that a guest's disks, machine, saved state and snapshots name. */
export function imagesOf(row: GuestRow, snapshots: readonly SnapshotRow[]): Set<string> {
  const machines = [row.machine, row.saved?.machine, ...snapshots.map((s) => s.memory?.machine)];
  const keys = [baseKey(row), ...machines.map((machine) => keyIn(row.recipe, machine))];
  return new Set(keys.filter((key) => key !== undefined));
}

/** The build whose kernel a machine boots: images lie in folders called `<recipe>.<key>`. */
function keyIn(recipe: string, machine: MachineConfig | undefined): string | undefined {
  const boot: MachineConfig['boot'] | undefined = machine?.boot;
  if (boot?.kind !== 'kernel') return undefined;
  const folder = basename(dirname(boot.kernel));
  return folder.startsWith(`${recipe}.`) ? folder.slice(recipe.length + 1) : undefined;
}
