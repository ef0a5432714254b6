// What a guest's machine has beside its disks: firmware variables, a kernel of its own, a disc.

import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GuestDisk } from '../contracts/index.ts';
import { syncDirectory } from '../foundation/index.ts';
import { copyWhole } from './copy.ts';
import type { Places } from './places.ts';
import type { GuestSpec } from './spec.ts';

/** The variables of a UEFI guest, in its `disks` folder. */
export const variablesFile = 'variables.qcow2';

/** Files in the guest's `disks` folder that are no disks. */
export function otherFilesOf({ firmware, kernel }: GuestSpec): string[] {
  return [
    ...(firmware === 'uefi' ? [variablesFile] : []),
    ...(kernel === undefined ? [] : [kernel.file]),
    ...(kernel?.initrd === undefined ? [] : [kernel.initrd]),
  ];
}

/** Gives a copy of a guest those files, each whole and durable. Throws STATE_UNWRITABLE, CANCELLED. */
export async function copyOtherFiles(
  spec: GuestSpec,
  from: Places,
  to: Places,
  signal: AbortSignal,
): Promise<void> {
  for (const file of otherFilesOf(spec)) {
    const original = join(from.disksDir, file);
    await copyWhole(original, join(to.disksDir, file), statSync(original).mode & 0o777, { signal });
  }
}

/** Makes the names of a guest's folders durable, before its row says that all is there. */
export function syncFolders({ disksDir, stateDir }: Places): void {
  for (const folder of [disksDir, stateDir, dirname(stateDir)]) syncDirectory(folder);
}

/** The disc in the guest's drive, as people see it. */
export function discsOf({ cdrom }: GuestSpec): GuestDisk[] {
  if (cdrom === undefined) return [];
  const sizeBytes = statSync(cdrom, { throwIfNoEntry: false })?.size ?? 0;
  const disc = { name: 'disc', format: 'iso', readOnly: true } as const;
  return [{ ...disc, sizeBytes, usedBytes: sizeBytes, file: cdrom }];
}
