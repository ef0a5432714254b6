// A bit has turned over in a block that no boot reads: the boot is golden, and the scrub finds it and says so.

import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { flipBit, lastUsedBlock } from './broken.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { storyLimitMs } from './fallback.ts';
import { beside } from './faults.ts';

test('a flipped bit in a block that no boot reads: golden, and found by the scrub', {
  timeout: storyLimitMs,
}, async ({ signal }) => {
  // It is due twenty minutes after the start: this story asks for it as soon as the boot is golden.
  const now = `until [ -e /run/rayos-log/golden ]; do sleep 1; done
systemctl --no-block start rayos-scrub.service`;
  const smbiosStrings = beside(firstVersion, now);
  await using computer = await createComputer({ image: firstImage, smbiosStrings });
  await computer.changeDisk(diskName, async (disk) => {
    const system = await disk.partition('rayos-a');
    // Three quarters through lie the disks of guests, which nothing reads until a guest is made of them.
    flipBit(disk, system, inMiddle(lastUsedBlock(disk, system) * 0.75));
  });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(/^BOOT_MARKER:GOLDEN:/, limits);
  await computer.marker(/^RECOVERY:SCRUBBED:damaged$/, limits);
  await computer.powerOff(limits);
});

const inMiddle = (offset: number) => offset - (offset % 4096) + 100;
