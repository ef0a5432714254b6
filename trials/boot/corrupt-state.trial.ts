// The state volume is no file system any more: no boot can mount it, and the machine ends in recovery, which
// says that the state is broken.

import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import { overwrite } from './broken.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { storyLimitMs } from './fallback.ts';

const kib = 1024;

test('a corrupt state volume: recovery, which says so', { timeout: storyLimitMs }, async ({
  signal,
}) => {
  await using computer = await createComputer({ image: firstImage });
  await computer.changeDisk(diskName, async (disk) => {
    const state = await disk.partition('rayos-state');
    // The copies of btrfs's superblock.
    for (const at of [64 * kib, 64 * kib * kib]) overwrite(disk, state, at, 4 * kib);
  });
  await computer.powerOn();
  const long = { cpuSeconds: 1600, clockSeconds: 1100, signal };
  await computer.marker(/^RECOVERY:STARTED:state-broken$/, long);
  await computer.marker(/^RECOVERY:REASON:/, { ...bootLimits, signal });
  await computer.cut();
});
