// A version that was golden and begins to fail later falls back too: after three failed boots the other one
// runs, and suspects the state, since the image is the one that was golden.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstVersion, secondVersion } from '../machine/images.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { decisionOf } from './decision-marker.ts';
import { namesOn, recordsOn } from './evidence.ts';
import { atOnce, storyLimitMs } from './fallback.ts';
import { kernelPanic } from './faults.ts';
import { diskWithTwoVersions } from './two-versions.ts';

test('golden once, failing later: the other version runs, and the state is suspected', {
  timeout: storyLimitMs,
}, async ({ signal }) => {
  const image = await diskWithTwoVersions();
  await using computer = await createComputer({ image });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(new RegExp(`^BOOT_MARKER:KERNEL:[^:]*:${secondVersion}:`), limits);
  await computer.marker(/^BOOT_MARKER:BLESSED:/, limits);
  await computer.powerOff(limits);
  await computer.powerOn({ smbiosStrings: [...kernelPanic(secondVersion), atOnce] });
  const long = { cpuSeconds: 1200, clockSeconds: 1000, signal };
  await decisionOf(computer, new RegExp(`^Version ${firstVersion} runs`), long);
  await computer.cut();
  await using disk = await computer.disk(diskName);
  assert.ok((await namesOn(disk)).includes(`rayos_${secondVersion}+0-3.efi`));
  // The marker is cut to what a line holds; the record has all of the reason.
  const records = await recordsOn(disk);
  const why = records.findLast(({ version }) => version === firstVersion)?.reason ?? '';
  assert.match(
    why,
    new RegExp(`Version ${secondVersion}, which was golden before, failed 3 times`),
  );
  assert.match(why, /The state is suspected/);
});
