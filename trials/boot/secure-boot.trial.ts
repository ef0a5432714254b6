// With Secure Boot: an image signed with keys made here enrols them in a firmware in setup mode, and boots;
// the same UKI without a signature does not start, and the firmware goes on to recovery, which is signed.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openDisk } from '../machine/disk-reader.ts';
import { buildImage, firstImage, firstVersion } from '../machine/images.ts';
import { bootLimits, createComputer, diskName } from './computer.ts';
import { entriesFolder, namesOn } from './evidence.ts';
import { storyLimitMs } from './fallback.ts';
import { firmwareIsTold, firmwareKnows } from './probes.ts';

const run = promisify(execFile);

test('signed: enrolled in setup mode, boots; not signed: does not start', {
  timeout: storyLimitMs,
}, async (context) => {
  const { signal } = context;
  const folder = mkdtempSync(join(tmpdir(), 'rayos-signed-'));
  try {
    const [key, certificate] = [join(folder, 'test.key'), join(folder, 'test.crt')];
    const subject = ['-subj', '/CN=RayOS trial', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
    await run('openssl', ['req', '-new', '-x509', ...subject, '-keyout', key, '-out', certificate]);
    const signing = ['--key', key, '--certificate', certificate, '--enrol'];
    const image = join(folder, `rayos-${firstVersion}-x86_64.raw`);
    const say = (words: string) => context.diagnostic(words);
    await buildImage(['--version', firstVersion, '--out', folder, ...signing], say, signal);
    await using computer = await createComputer({
      image,
      firmware: 'uefi-setup-mode',
      smbiosStrings: firmwareKnows,
    });
    const limits = { ...bootLimits, signal };
    await computer.powerOn();
    // The boot loader enrols the keys, and starts the machine again.
    await computer.line(/EFI stub: UEFI Secure Boot is enabled/, limits);
    await computer.lines([/BOOT_MARKER:SHELL:/, firmwareIsTold], limits);
    await computer.powerOff(limits);

    const unsigned = join(folder, 'unsigned.efi');
    {
      await using plain = openDisk(firstImage);
      const [name = ''] = await namesOn(plain);
      await plain.takeFatFile(`${entriesFolder}/${name}`, unsigned, await plain.partition('esp'));
    }
    await computer.changeDisk(diskName, async (disk) => {
      const esp = await disk.partition('esp');
      for (const name of await namesOn(disk))
        await disk.putFatFile(unsigned, `${entriesFolder}/${name}`, esp);
    });
    await computer.powerOn();
    const before = computer.serial.markers.length;
    await computer.marker(/^RECOVERY:STARTED:/, limits);
    const since = computer.serial.markers.slice(before);
    assert.deepEqual(
      since.filter((marker) => marker.startsWith('BOOT_MARKER:')),
      [],
    );
    await computer.cut();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
