// Safe mode is chosen in the boot menu: no guest can be started, RayOS says so, and the boot becomes golden. The
// boot before, which nobody chose anything for, was not in safe mode.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import { bootLimits, consoleListens, createComputer, holdOf } from './computer.ts';
import { storyLimitMs } from './fallback.ts';
import { printed, probe } from './probes.ts';

const askForMenu = probe('menu', 'bootctl set-timeout-oneshot menu-force');
const words = probe('words', 'cat /proc/cmdline');
const down = '\x1b[B';

test('safe mode, chosen in the boot menu', { timeout: storyLimitMs }, async ({ signal }) => {
  const limits = { ...bootLimits, signal };
  const smbiosStrings = [...askForMenu, ...words];
  await using computer = await createComputer({
    image: firstImage,
    hasScreen: true,
    smbiosStrings,
  });
  await computer.powerOn();
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  const first = await printed(computer, ['menu', 'words'], limits);
  assert.doesNotMatch(first.words, /rayos\.safe-mode/);
  await computer.powerOff(limits);

  await computer.powerOn({ smbiosStrings: [holdOf(5), ...words] });
  await computer.begun(/safe mode/, limits);
  // It stands below recovery, which stands below RayOS.
  for (const key of [down, down, '\r']) computer.send(key);
  await computer.lines(
    [
      /BOOT_MARKER:CHECK:guest:degraded$/,
      /BOOT_MARKER:GOLDEN:/,
      /rayos\.safe-mode/,
      consoleListens,
    ],
    limits,
  );
  computer.send('guest create rescue-desktop\r');
  await computer.marker(/^GUEST:CREATED:/, limits);
  computer.send('guest start rescue-desktop\r');
  await computer.line(/started in safe mode/, limits);
  await computer.powerOff(limits);
});
