// The partitions of the disk that recovery came from, and what stands in a slot. A name below /dev/disk/rayos
// is of that disk (udev); where firmware does not say which disk it was, a label is trusted if only one disk
// has it.

import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { basename, join } from 'node:path';

export type Label =
  | 'esp'
  | 'rayos-a'
  | 'rayos-a-verity'
  | 'rayos-b'
  | 'rayos-b-verity'
  | 'rayos-log'
  | 'rayos-state';

const loaderSaid =
  '/sys/firmware/efi/efivars/LoaderDevicePartUUID-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

/** The device of a partition, as /dev/…; undefined if it is not there, or not known to be ours. */
export function deviceOf(label: Label): string | undefined {
  const ours = targetOf(join('/dev/disk/rayos', label));
  if (ours !== undefined) return ours;
  if (existsSync(loaderSaid)) return undefined;
  const found = withLabel(label);
  return found.length === 1 ? found[0] : undefined;
}

function withLabel(label: Label): string[] {
  const folder = '/sys/class/block';
  return readdirSync(folder)
    .filter((name) => /^PARTNAME=(.*)$/m.exec(eventOf(join(folder, name)))?.[1] === label)
    .map((name) => join('/dev', name));
}

function eventOf(folder: string): string {
  try {
    return readFileSync(join(folder, 'uevent'), 'utf8');
  } catch {
    return '';
  }
}

/** The partition's own id; the first half of the root hash for a slot, the second for its hashes. */
export function partitionId(
  device: string,
  folder: string = '/dev/disk/by-partuuid',
): string | undefined {
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder).find((id) => {
    const target = targetOf(join(folder, id));
    return target !== undefined && basename(target) === basename(device);
  });
}

/** What a link leads to; undefined if there is none, or if it leads to a device that has gone. */
function targetOf(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}

/** How udev writes the id of the partition that belongs to a root hash. */
export function partitionIdOf(rootHash: string, part: 'data' | 'hashes'): string {
  const half = part === 'data' ? rootHash.slice(0, 32) : rootHash.slice(32, 64);
  return half.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Where a filesystem's or verity's superblock says what it is. */
const magics = {
  erofs: { at: 1024, bytes: Buffer.from([0xe2, 0xe1, 0xf5, 0xe0]) },
  verity: { at: 0, bytes: Buffer.from('verity\0\0', 'latin1') },
} as const;

/** Whether the device begins as such a thing does. A device that cannot be read does not. */
export function beginsAs(device: string, kind: keyof typeof magics): boolean {
  const { at, bytes } = magics[kind];
  try {
    const descriptor = openSync(device, 'r');
    try {
      const found = Buffer.alloc(bytes.length);
      return (
        readSync(descriptor, found, 0, found.length, at) === found.length && found.equals(bytes)
      );
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
