// The state volume is full to the last byte: the boot is degraded, not bad; it becomes golden, and the check
// of the state says what is wrong.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { bootLimits, createComputer } from './computer.ts';
import { storyLimitMs } from './fallback.ts';
import { early } from './faults.ts';

test('a full state volume: degraded, told, golden', { timeout: storyLimitMs }, async ({
  signal,
}) => {
  const fill = 'fallocate -l 15G /var/full; dd if=/dev/urandom of=/var/rest bs=64k; sync; true';
  const smbiosStrings = early(firstVersion, fill);
  // A small disk is filled sooner.
  await using computer = await createComputer({ image: firstImage, smbiosStrings });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  await computer.marker(/^BOOT_MARKER:CHECK:[^:]*:degraded$/, limits);
  const golden = await computer.marker(/^BOOT_MARKER:GOLDEN:/, limits);
  assert.notEqual(golden.marker?.split(':').at(-1), '0');
  await computer.powerOff(limits);
});
