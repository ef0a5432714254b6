// The only version fails and slot B is empty: after three tries recovery runs, and says why.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { inWords } from './decision-marker.ts';
import { namesOn } from './evidence.ts';
import { atOnce, storyLimitMs } from './fallback.ts';
import { kernelPanic } from './faults.ts';

test('the only version panics at every boot: after three tries recovery runs, and says why', {
  timeout: storyLimitMs,
}, async ({ signal }) => {
  const smbiosStrings = [...kernelPanic(firstVersion), atOnce];
  await using computer = await createComputer({ image: firstImage, smbiosStrings });
  await computer.powerOn();
  const limits = { cpuSeconds: 1600, clockSeconds: 1100, signal };
  const started = await computer.marker(/^RECOVERY:STARTED:/, limits);
  assert.equal(started.marker, 'RECOVERY:STARTED:no-try-left');
  const said = await computer.marker(/^RECOVERY:REASON:/, { ...bootLimits, signal });
  const reason = inWords(said.marker?.slice('RECOVERY:REASON:'.length) ?? '');
  assert.match(reason, new RegExp(firstVersion));
  await computer.cut();
  await using disk = await computer.disk(diskName);
  assert.deepEqual(await namesOn(disk), [`rayos_${firstVersion}+0-3.efi`]);
});
