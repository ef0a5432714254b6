// A bit has turned over in the superblock of the hashes of the newer version: its initrd cannot find a system
// that it may trust, says so and reboots, three times; then the other version runs.

import { test } from 'node:test';
import { flipBit } from './broken.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { fallsBack, storyLimitMs } from './fallback.ts';
import { diskWithTwoVersions } from './two-versions.ts';

test('a flipped bit in the verity superblock: told, and the other version runs', {
  timeout: storyLimitMs,
}, async ({ signal }) => {
  await using computer = await createComputer({ image: await diskWithTwoVersions() });
  await computer.changeDisk(diskName, async (disk) => {
    const partition = await disk.partition('rayos-b-verity');
    // In the signature that the superblock begins with. (One in the salt would be a panic at the first read.)
    flipBit(disk, partition, 2);
  });
  await computer.powerOn();
  await computer.marker(/^RECOVERY:EMERGENCY:/, { ...bootLimits, signal });
  await fallsBack(computer, signal);
});
