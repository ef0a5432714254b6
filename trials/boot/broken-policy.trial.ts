// The policy file is broken: RayOS starts in safe mode, with doors closed, says why, and the machine is
// usable.

import { test } from 'node:test';
import { firstImage, firstVersion } from '../machine/images.ts';
import { bootLimits, consoleListens, createComputer } from './computer.ts';
import { storyLimitMs } from './fallback.ts';
import { early } from './faults.ts';

test('a broken policy file: safe mode, and GOLDEN', { timeout: storyLimitMs }, async ({
  signal,
}) => {
  const script = 'mkdir -p /var/lib/rayos; echo [[[ >/var/lib/rayos/policy.toml';
  const smbiosStrings = early(firstVersion, script);
  await using computer = await createComputer({ image: firstImage, smbiosStrings });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(/^POLICY:SAFE_MODE:/, limits);
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  await computer.lines([/BOOT_MARKER:GOLDEN:/, consoleListens], limits);
  computer.send('guest create rescue-desktop\r');
  await computer.marker(/^POLICY:DENIED:guest\.create:/, limits);
  computer.send('status\r');
  await computer.line(/policy\.toml/, limits);
  await computer.powerOff(limits);
});
