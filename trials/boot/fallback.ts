// What the stories of fallback have in common: a disk with two versions, the newer of which fails.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credential, extraCommandLine } from '../machine/credentials.ts';
import { firstVersion, secondVersion } from '../machine/images.ts';
import type { TestMachine } from '../machine/machine.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { decisionOf } from './decision-marker.ts';
import { namesOn, recordsOn } from './evidence.ts';
import type { Fault } from './faults.ts';
import { diskWithTwoVersions } from './two-versions.ts';

export const storyLimitMs = 20 * 60_000;

/** A panicking kernel of a story reboots at once: nobody reads its screen. */
export const atOnce = extraCommandLine('panic=1');

/** GOLDEN has to come this soon. Enough for a boot in software emulation, on a machine that is shared. */
export const soon = credential('rayos.golden-deadline', '400');

/**
 * Tells the story of a newer version that never becomes golden: it is tried three times, then the other one
 * runs, becomes golden and says why. `seen` is a marker by which it says what is wrong with it.
 */
export function tellFallback(how: string, fault: Fault, seen?: RegExp): void {
  const says = `a version that never becomes golden (${how}): after three tries the other runs, and says why`;
  test(says, { timeout: storyLimitMs }, async ({ signal }) => {
    const image = await diskWithTwoVersions();
    const smbiosStrings = [...fault(secondVersion), soon, atOnce];
    await using computer = await createComputer({ image, smbiosStrings });
    await computer.powerOn();
    if (seen !== undefined) await computer.marker(seen, { ...bootLimits, signal });
    await fallsBack(computer, signal);
  });
}

/**
 * Waits until a computer with both versions, whose newer one fails, has come to the older one, which becomes
 * golden and says why. Ends with the computer off.
 */
export async function fallsBack(computer: TestMachine, signal: AbortSignal): Promise<void> {
  // Three failures and a good boot: only a good one gets as far as this.
  const long = { cpuSeconds: 1600, clockSeconds: 1100, signal };
  await decisionOf(computer, new RegExp(`^Version ${firstVersion} runs`), long);
  const limits = { ...bootLimits, signal };
  const golden = await computer.marker(/^BOOT_MARKER:GOLDEN:/, limits);
  await computer.marker(/^BOOT_MARKER:BLESSED:/, limits);
  await computer.powerOff(limits);
  await using disk = await computer.disk(diskName);
  const names = [`rayos_${secondVersion}+0-3.efi`, `rayos_${firstVersion}+3.efi`];
  assert.deepEqual(await namesOn(disk), names.sort());
  const records = await recordsOn(disk);
  // The marker is cut to what a line holds; the record has all of the reason.
  const why = records.find((one) => one.version === firstVersion && one.event === 'KERNEL')?.reason;
  assert.match(
    why ?? 'not recorded',
    new RegExp(`Version ${secondVersion}, which was never golden, failed 3 times`),
  );
  const goldens = records.filter(({ event }) => event === 'GOLDEN');
  assert.deepEqual([...new Set(goldens.map(({ version }) => version))], [firstVersion]);
  assert.ok(golden.marker?.includes(goldens[0]?.bootId ?? 'none'));
}
