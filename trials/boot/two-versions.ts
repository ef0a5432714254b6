// A disk with two versions, as an update leaves it: the first in slot A, a newer one in slot B.

import { execFile } from 'node:child_process';
import { existsSync, globSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDisk, toolEnv } from '../machine/disk-reader.ts';
import { firstImage, others, secondImage } from '../machine/images.ts';
import { ownFolder } from '../machine/own-folder.ts';
import type { Partition } from '../machine/partitions.ts';

const run = promisify(execFile);
const mib = 1024 * 1024;
/** The numbers of the partitions of slots A and B: the system and its hashes. */
const slots = [
  [2, 4],
  [3, 5],
] as const;

/** A raw disk. It is put together once, and again when one of its images is another. */
export async function diskWithTwoVersions(): Promise<string> {
  const key = [firstImage, secondImage].map((file) => Math.floor(statSync(file).mtimeMs)).join('-');
  const disk = join(others, `two-versions-${key}.raw`);
  if (existsSync(disk)) return disk;
  for (const old of globSync(join(others, 'two-versions-*.raw'))) rmSync(old, { force: true });
  // Another story may be at it too: whoever is later replaces what is the same.
  using work = ownFolder('unfinished', others);
  const unfinished = join(work.path, 'disk.raw');
  await run('cp', ['--sparse=always', '--reflink=auto', firstImage, unfinished]);
  await putIntoSlotB(secondImage, unfinished, work.path);
  renameSync(unfinished, disk);
  return disk;
}

/** Writes the system in slot A of `image` to slot B of `disk`, and its UKI beside those that are there. */
async function putIntoSlotB(image: string, disk: string, work: string): Promise<void> {
  await using from = openDisk(image);
  await using to = openDisk(disk);
  const [source, target] = [await from.partitions(), await to.partitions()];
  for (const [a, b] of slots) {
    const [wanted, place] = [source[a - 1], target[b - 1]];
    if (wanted === undefined || place === undefined || wanted.sizeBytes > place.sizeBytes)
      throw new Error(`partition ${a} of ${image} does not fit into partition ${b} of ${disk}`);
    await copyPartition(image, wanted, disk, place);
    // A system is found by these identities: they are made of its root hash.
    await run('sfdisk', ['--quiet', '--part-uuid', disk, String(b), wanted.uuid], {
      env: toolEnv(),
    });
  }
  const esps = [await from.partition('esp'), await to.partition('esp')] as const;
  for (const name of await from.fatFolder('/EFI/Linux', esps[0])) {
    if (name.startsWith('rayos-recovery')) continue;
    const file = join(work, name);
    await from.takeFatFile(`/EFI/Linux/${name}`, file, esps[0]);
    await to.putFatFile(file, `/EFI/Linux/${name}`, esps[1]);
  }
}

/** Blocks of zeros are left out: the place is empty, and the disk stays sparse. */
async function copyPartition(image: string, from: Partition, disk: string, to: Partition) {
  const place = [`skip=${from.startBytes / mib}`, `seek=${to.startBytes / mib}`];
  const size = [`count=${from.sizeBytes / mib}`, 'bs=1M', 'conv=sparse,notrunc', 'status=none'];
  await run('dd', [`if=${image}`, `of=${disk}`, ...place, ...size]);
}
