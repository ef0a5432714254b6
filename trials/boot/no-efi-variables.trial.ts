// The firmware has no variables that a running system could read or write: RayOS boots, becomes golden all
// the same, and says that it does not know which entry was started.

import { test } from 'node:test';
import { extraCommandLine } from '../machine/credentials.ts';
import { firstImage } from '../machine/images.ts';
import { bootLimits, consoleListens, createComputer } from './computer.ts';
import { storyLimitMs } from './fallback.ts';

test('without EFI variables: GOLDEN', { timeout: storyLimitMs }, async ({ signal }) => {
  const smbiosStrings = [extraCommandLine('efi=noruntime')];
  await using computer = await createComputer({ image: firstImage, smbiosStrings });
  await computer.powerOn();
  const limits = { ...bootLimits, signal };
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  const golden = [/BOOT_MARKER:CHECK:entry:degraded$/, /BOOT_MARKER:GOLDEN:/];
  await computer.lines([...golden, /BOOT_MARKER:BLESSED:/, consoleListens], limits);
  computer.send('boot status\r');
  await computer.line(/firmware does not say which entry was started/, limits);
  await computer.powerOff(limits);
});
