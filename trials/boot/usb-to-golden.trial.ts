// A computer starts RayOS from a USB stick: the markers of the boot come in their order up to GOLDEN, after
// checks have held for a whole minute, the entry is blessed, and a clean shutdown leaves all of it recorded.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { namesOn, recordsOn } from './evidence.ts';
import { storyLimitMs } from './fallback.ts';

test('from a USB stick to GOLDEN: markers in order, entry blessed, everything recorded', {
  timeout: storyLimitMs,
}, async ({ signal }) => {
  await using computer = await createComputer({
    image: firstImage,
    hasScreen: true,
    bus: 'usb',
    holdSeconds: 60,
  });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  const kernel = await computer.marker(/^BOOT_MARKER:KERNEL:/, limits);
  const bootId = kernel.marker?.split(':')[2] ?? '';
  assert.match(
    kernel.marker ?? '',
    new RegExp(`:${firstVersion}:rayos_${firstVersion}(\\+|%2B)2-1\\.efi$`),
  );
  for (const stage of ['SUBSYSTEMS', 'SHELL', 'GOLDEN'])
    await computer.marker(new RegExp(`^BOOT_MARKER:${stage}:${bootId}`), limits);
  await computer.marker(/^BOOT_MARKER:BLESSED:/, limits);
  const picture = await computer.screenshot();
  if (process.env.RAYOS_TRIAL_PICTURES !== undefined)
    writeFileSync(`${process.env.RAYOS_TRIAL_PICTURES}/usb-to-golden.png`, picture.png);
  const checks = computer.serial.markers.filter((marker) => /^BOOT_MARKER:CHECK:/.test(marker));
  assert.ok(!checks.includes('BOOT_MARKER:CHECK:guest:degraded'), 'this is not the safe mode');
  await computer.powerOff(limits);
  await using disk = await computer.disk(diskName);
  assert.deepEqual(await namesOn(disk), [`rayos_${firstVersion}+3.efi`]);
  const records = await recordsOn(disk);
  assert.ok(records.every((record) => record.bootId === bootId && record.version === firstVersion));
  const when = (event: string) => records.find((one) => one.event === event)?.monotonicMs ?? NaN;
  assert.ok(when('GOLDEN') - when('SHELL') >= 60_000, 'checks held for a minute');
  const events = records.map(({ event }) => event);
  assert.deepEqual([...new Set(events)], ['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN', 'STOPPED']);
});
