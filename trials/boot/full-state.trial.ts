// The state volume is full to the last byte after a good boot: the next one is degraded, not bad; it becomes
// golden, and the check of the disk says what is wrong.

import { test } from 'node:test';
import { firstImage } from '../machine/images.ts';
import { bootLimits, consoleListens, createComputer } from './computer.ts';
import { storyLimitMs } from './fallback.ts';
import { probe } from './probes.ts';

/** Halves what it asks for until nothing is left. */
const fill = probe(
  'fill',
  `until grep -qsa GOLDEN /var/log/rayos/boot.records; do sleep 1; done
mebibytes=16384 n=0
while [ $mebibytes -gt 0 ]; do
  fallocate -l \${mebibytes}MiB /var/full-$n && n=$((n + 1)) || mebibytes=$((mebibytes / 2))
done 2>/dev/null
dd if=/dev/zero of=/var/rest bs=4k conv=fsync 2>/dev/null
df /var`,
);

test('a full state volume: degraded, told, golden', { timeout: storyLimitMs }, async ({
  signal,
}) => {
  await using computer = await createComputer({ image: firstImage, smbiosStrings: fill });
  const limits = { ...bootLimits, signal };
  await computer.powerOn();
  await computer.line(/trial-fill\. /, limits);
  await computer.powerOff(limits);

  await computer.powerOn();
  await computer.marker(/^BOOT_MARKER:SHELL:/, limits);
  const golden = /BOOT_MARKER:GOLDEN:.*:[1-9]\d*$/;
  await computer.lines([/BOOT_MARKER:CHECK:disk:degraded$/, golden, consoleListens], limits);
  computer.send('boot checks\r');
  await computer.line(/the disk is nearly full/, limits);
  await computer.powerOff(limits);
});
