// What a guest's machine has beside its disks: firmware variables, a kernel of its own, a disc.

import { constants, copyFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { GuestDisk } from '../contracts/index.ts';
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

/** Gives a copy of a guest those files. */
export function copyOtherFiles(spec: GuestSpec, from: Places, to: Places): void {
  for (const file of otherFilesOf(spec))
    copyFileSync(
      join(from.disksDir, file),
      join(to.disksDir, file),
      constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE,
    );
}

/** The disc in the guest's drive, as people see it. */
export function discsOf({ cdrom }: GuestSpec): GuestDisk[] {
  if (cdrom === undefined) return [];
  const sizeBytes = statSync(cdrom, { throwIfNoEntry: false })?.size ?? 0;
  const disc = { name: 'disc', format: 'iso', readOnly: true } as const;
  return [{ ...disc, sizeBytes, usedBytes: sizeBytes, file: cdrom }];
}
