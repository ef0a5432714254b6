// The order in which RayOS expects entries is the one that a running systemd-boot has: exhausted last, then
// sort key, version, tries. An ESP with many entries is listed by it, and what it lists is read in a small Linux.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { entryName, inBootOrder, parseEntryName, sortKeys } from '../../src/boot/index.ts';
import { decodeEfiStrings } from '../../src/host/index.ts';
import { openDisk } from '../machine/disk-reader.ts';
import { type EspFile, makeEspDisk } from '../machine/esp.ts';
import { firstImage } from '../machine/images.ts';
import { createTestMachine } from '../machine/machine.ts';
import { scriptFor, smallGuest } from '../machine/small-guest.ts';
import { listedUki } from './listed-uki.ts';

const names = [
  ...['rayos_1+3.efi', 'rayos_2+2-1.efi', 'rayos_10+1-2.efi', 'rayos_2.1+3.efi', 'rayos_4.efi'],
  ...['rayos_2.1~rc1+3.efi', 'rayos_2.1^git1+3.efi', 'rayos_2.1-1+3.efi', 'rayos_2.1.1+3.efi'],
  ...['rayos_3+0-3.efi', 'rayos_11+0-5.efi', 'rayos_2.1+2-1.efi', 'rayos_0.9a+3.efi'],
  ...['rayos-recovery_5.efi', 'rayos-recovery_9.efi', 'rayos_0.9+3.efi', 'rayos_2+0-4.efi'],
];

const loader = 'timeout 0\ndefault trial.conf\n';
const variable = 'LoaderEntries-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

test('systemd-boot lists entries in the order that RayOS expects', { timeout: 600_000 }, async ({
  signal,
}) => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-order-'));
  try {
    const { kernel, initrd, commandLine } = await smallGuest();
    const files: EspFile[] = [];
    const put = (path: string, content: string | Buffer) => {
      const from = join(folder, String(files.length));
      writeFileSync(from, content);
      files.push({ path, from });
    };
    const entries = names.map((name) => {
      const entry = parseEntryName(name);
      assert.ok(entry, name);
      put(`EFI/Linux/${name}`, listedUki(sortKeys[entry.kind], entry.version));
      return entry;
    });
    const image = openDisk(firstImage);
    const esp = await image.partition('esp');
    put('EFI/BOOT/BOOTX64.EFI', await image.fatFile('/EFI/BOOT/BOOTX64.EFI', esp));
    put('loader/loader.conf', loader);
    put(
      'loader/entries/trial.conf',
      `title trial\nlinux /vmlinuz\ninitrd /initrd\noptions ${commandLine}\n`,
    );
    files.push({ path: 'vmlinuz', from: kernel }, { path: 'initrd', from: initrd });
    const disk = join(folder, 'esp.raw');
    await makeEspDisk(disk, 128, files);
    await using machine = await createTestMachine({
      memoryMiB: 512,
      disks: [{ name: 'esp', bus: 'virtio', image: disk }],
      smbiosStrings: [
        scriptFor(`mount -t efivarfs none /mnt
echo "RAYOS_TRIAL:ENTRIES:$(base64 /mnt/${variable} | tr -d '\\n')"`),
      ],
    });
    await machine.powerOn();
    const said = await machine.marker(/^TRIAL:ENTRIES:/, { cpuSeconds: 300, signal });
    const listed = decodeEfiStrings(Buffer.from(said.marker?.split(':')[2] ?? '', 'base64'));
    const ours = (listed ?? []).filter((id) => id.startsWith('rayos'));
    // It calls them by their names without the counter.
    const expected = inBootOrder(entries).map(({ kind, version }) => entryName({ kind, version }));
    assert.deepEqual(ours, expected);
    await image[Symbol.asyncDispose]();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
