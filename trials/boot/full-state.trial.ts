// The state volume is full to the last byte: the boot is degraded, not bad; it becomes golden, and the check
// of the state says what is wrong.

import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { bootLimits, consoleListens, createComputer } from './computer.ts';
import { storyLimitMs } from './fallback.ts';
import { early } from './faults.ts';

test('a full state volume: degraded, told, golden', { timeout: storyLimitMs }, async ({
  signal,
}) => {
  const fill = 'fallocate -l 15G /var/full; dd if=/dev/urandom of=/var/rest bs=64k; sync; true';
  const smbiosStrings = early(firstVersion, fill);
  await using computer = await createComputer({ image: firstImage, smbiosStrings });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  const golden = /BOOT_MARKER:GOLDEN:.*:[1-9]\d*$/;
  await computer.lines([/BOOT_MARKER:CHECK:state:degraded$/, golden, consoleListens], limits);
  computer.send('boot checks\r');
  await computer.line(/the disk is full/, limits);
  await computer.powerOff(limits);
});
