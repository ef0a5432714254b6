// Which builds of its recipe's image a guest needs. One with a disk stays with the build that its disk began
// with; one without takes the newest at each cold start, and what it sleeps on, or its snapshots keep, goes on
// from the build that it was started with.

import { basename, dirname } from 'node:path';
import type { MachineConfig } from '../hypervisor/index.ts';
import { baseKey } from './disks.ts';
import type { GuestRow } from './registry.ts';
import type { SnapshotRow } from './snapshot-rows.ts';

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
