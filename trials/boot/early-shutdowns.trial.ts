// Three clean shutdowns before GOLDEN do not demote a healthy version: each gives back the try that its boot
// has cost, and the next boot becomes golden as if nothing had been.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { bootLimits, createComputer, diskName, holdOf } from './computer.ts';
import { namesOn, recordsOn } from './evidence.ts';
import { storyLimitMs } from './fallback.ts';

test('three clean early shutdowns: every try is given back', { timeout: storyLimitMs }, async ({
  signal,
}) => {
  // GOLDEN does not come while this story waits.
  await using computer = await createComputer({ image: firstImage, holdSeconds: 3600 });
  const limits = { ...bootLimits, signal };
  for (let n = 1; n <= 3; n++) {
    await computer.powerOn();
    await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
    const off = computer.powerOff(limits);
    await computer.marker(/^BOOT_MARKER:TRY_GIVEN_BACK:/, limits);
    await off;
    await using disk = await computer.disk(diskName);
    assert.deepEqual(await namesOn(disk), [`rayos_${firstVersion}+3.efi`]);
    const stopped = (await recordsOn(disk)).filter(({ event }) => event === 'STOPPED');
    assert.equal(stopped.length, n);
  }
  await computer.powerOn({ smbiosStrings: [holdOf(5)] });
  await computer.marker(/^BOOT_MARKER:GOLDEN:/, limits);
  await computer.marker(/^BOOT_MARKER:BLESSED:/, limits);
  await computer.powerOff(limits);
  await using disk = await computer.disk(diskName);
  assert.deepEqual(await namesOn(disk), [`rayos_${firstVersion}+3.efi`]);
});
