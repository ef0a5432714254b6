// A bit has turned over in a block that every boot of the newer version reads: the kernel panics rather than
// run what is not what was built, three times; then the other version runs.

import { test } from 'node:test';
import { flipBit } from './broken.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { atOnce, fallsBack, storyLimitMs } from './fallback.ts';
import { diskWithTwoVersions } from './two-versions.ts';

test('a flipped bit in a block read at boot: a panic, three times, then the other version', {
  timeout: storyLimitMs,
}, async ({ signal }) => {
  const image = await diskWithTwoVersions();
  await using computer = await createComputer({ image, smbiosStrings: [atOnce] });
  await computer.changeDisk(diskName, async (disk) => {
    // The superblock of erofs: its mount reads it. Its checksum would be right: the bit is in the volume's name.
    flipBit(disk, await disk.partition('rayos-b'), 1024 + 64);
  });
  await computer.powerOn();
  await computer.line(/Kernel panic .*verity|dm-verity device corrupted/, {
    ...bootLimits,
    signal,
  });
  await fallsBack(computer, signal);
});
