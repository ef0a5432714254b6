// The image for 64-bit ARM processors boots to SHELL under AAVMF, with programs for ARM in it: the try is
// counted before, the power button ends the machine, and it boots a second time.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { extraUnit, unitDropIn } from '../machine/credentials.ts';
import { armImage, prepareArmImage } from '../machine/images.ts';
import { createComputer, diskName } from './computer.ts';
import { entriesFolder } from './evidence.ts';

const minute = 60_000;
/** An ARM machine is always emulated here. */
const limits = { cpuSeconds: 900, clockSeconds: 900 };

/** Says from inside what it runs on. Both words are of programs that run there. */
const witness = [
  extraUnit(
    'trial-witness.service',
    `[Service]
Type=oneshot
StandardOutput=tty
TTYPath=/dev/console
ExecStart=sh -c 'printf "\\\\r\\\\nRAYOS_TRIAL:PROCESSOR:%%s:%%s\\\\r\\\\n" $$(uname -m) $$(/usr/lib/rayos/node_modules/.bin/node -p process.arch)'
`,
  ),
  unitDropIn('multi-user.target', 'trial', '[Unit]\nWants=trial-witness.service\n'),
];

before(() => prepareArmImage((words) => void process.stderr.write(`${words}\n`)), {
  timeout: 20 * minute,
});

test('aarch64: SHELL, a counted try, and once more', { timeout: 30 * minute }, async ({
  signal,
}) => {
  await using computer = await createComputer({
    arch: 'aarch64',
    image: armImage,
    // It is not to become golden: the try that it has cost is to be seen.
    holdSeconds: 3600,
    smbiosStrings: witness,
  });
  await computer.powerOn();
  await computer.marker(/^BOOT_MARKER:SUBSYSTEMS:/, { ...limits, signal });
  const { marker: first } = await computer.marker(/^BOOT_MARKER:SHELL:/, { ...limits, signal });
  // It may have come before.
  const witnessed = () => computer.serial.markers.find((m) => m.startsWith('TRIAL:PROCESSOR:'));
  if (witnessed() === undefined) await computer.marker(/^TRIAL:PROCESSOR:/, { ...limits, signal });
  assert.equal(witnessed(), 'TRIAL:PROCESSOR:aarch64:arm64');
  await computer.cut();
  {
    await using disk = await computer.disk(diskName);
    const names = await disk.fatFolder(entriesFolder, await disk.partition('esp'));
    const counted = names.filter((name) => /^rayos_.*\+2-1\.efi$/.test(name));
    assert.equal(counted.length, 1, names.join(' '));
  }
  await computer.powerOn();
  const { marker: second } = await computer.marker(/^BOOT_MARKER:SHELL:/, { ...limits, signal });
  assert.notEqual(first, second, 'each boot has an identity of its own');
  await computer.powerOff({ ...limits, signal });
});
