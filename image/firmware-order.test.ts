import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const program = join(import.meta.dirname, 'tree/usr/lib/rayos/firmware-order');

type Firmware = {
  readonly current: string;
  readonly order: readonly string[];
  readonly entries: Readonly<Record<string, string>>;
};

/** efibootmgr as Debian's, for as much as is asked of it: prints labels, a tab, and device paths. */
const efibootmgr = `
const { readFileSync, writeFileSync } = require('node:fs');
const file = process.env.FIRMWARE;
const firmware = JSON.parse(readFileSync(file, 'utf8'));
const args = process.argv.slice(2);
const value = (name) => args[args.indexOf(name) + 1];
if (args.includes('--create-only')) {
  let id = 0;
  const named = () => id.toString(16).toUpperCase().padStart(4, '0');
  while (firmware.entries[named()]) id++;
  firmware.entries[named()] = value('--label') + '\\tHD(1,GPT,abcd-01,0x800,0x200000)/File(' + value('--loader') + ')';
} else if (args.includes('--delete-bootnum')) {
  delete firmware.entries[value('--bootnum')];
  firmware.order = firmware.order.filter((id) => id !== value('--bootnum'));
} else if (args.includes('--bootorder')) firmware.order = value('--bootorder').split(',');
writeFileSync(file, JSON.stringify(firmware));
if (!args.includes('--quiet')) {
  console.log('BootCurrent: ' + firmware.current + '\\nTimeout: 0 seconds\\nBootOrder: ' + firmware.order.join(','));
  for (const id of Object.keys(firmware.entries).sort()) console.log('Boot' + id + '* ' + firmware.entries[id]);
}
`;

/** A computer whose ESP is on vda1; `run` has the program look at its firmware. */
function computer(firmware: Firmware, bus = 'pci') {
  const root = mkdtempSync(join(tmpdir(), 'rayos-firmware-'));
  const folder = (path: string) => mkdirSync(join(root, path), { recursive: true });
  const file = (path: string, text: string) => writeFileSync(join(root, path), text);
  for (const path of ['bin', 'sys/firmware/efi/efivars', 'sys/class/block', 'sys/devices/vda/vda1'])
    folder(path);
  for (const path of ['efi/EFI/Linux', 'efi/EFI/systemd', 'dev/disk/rayos']) folder(path);
  file('sys/devices/vda/removable', '0\n');
  file('sys/devices/vda/vda1/partition', '1\n');
  symlinkSync('../../devices/vda', join(root, 'sys/class/block/vda'));
  symlinkSync('../../devices/vda/vda1', join(root, 'sys/class/block/vda1'));
  file('dev/vda1', '');
  symlinkSync('../../vda1', join(root, 'dev/disk/rayos/esp'));
  file('efi/EFI/Linux/rayos-recovery_1.0.efi', '');
  file('efi/EFI/systemd/systemd-bootx64.efi', '');
  file('efibootmgr.cjs', efibootmgr);
  file('bin/efibootmgr', `#!/bin/sh\nexec '${process.execPath}' '${root}/efibootmgr.cjs' "$@"\n`);
  file('bin/udevadm', `#!/bin/sh\ncase "$*" in *ID_BUS*) echo ${bus} ;; *) echo abcd-01 ;; esac\n`);
  for (const name of ['efibootmgr', 'udevadm']) chmodSync(join(root, 'bin', name), 0o755);
  file('firmware.json', JSON.stringify(firmware));
  return {
    root,
    run(): Firmware {
      const { status, stderr } = spawnSync('sh', [program, root], {
        encoding: 'utf8',
        env: {
          PATH: `${join(root, 'bin')}:${process.env.PATH}`,
          FIRMWARE: join(root, 'firmware.json'),
        },
      });
      assert.equal(status, 0, stderr);
      return JSON.parse(readFileSync(join(root, 'firmware.json'), 'utf8')) as Firmware;
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

const fresh: Firmware = {
  current: '0002',
  order: ['0000', '0002', '0001'],
  entries: { '0000': 'Another system\tHD(1)', '0001': 'PXE\tPci', '0002': 'UEFI Disk\tPci(0x4)' },
};

const labels = ({ order, entries }: Firmware) => order.map((id) => entries[id]?.split('\t')[0]);

test('the boot loader and recovery stand where the entry stood that was started', () => {
  using here = computer(fresh);
  const after = here.run();
  assert.deepEqual(labels(after), [
    'Another system',
    'RayOS',
    'RayOS recovery',
    'UEFI Disk',
    'PXE',
  ]);
  assert.match(after.entries['0003'] ?? '', /\(\\EFI\\systemd\\systemd-bootx64\.efi\)$/);
  assert.match(after.entries['0004'] ?? '', /\(\\EFI\\Linux\\rayos-recovery_1\.0\.efi\)$/);
});

test('a second time nothing changes; another version of recovery takes the place of the first', () => {
  using here = computer(fresh);
  const first = here.run();
  assert.deepEqual(here.run(), first);
  const linux = join(here.root, 'efi/EFI/Linux');
  renameSync(join(linux, 'rayos-recovery_1.0.efi'), join(linux, 'rayos-recovery_1.1.efi'));
  const after = here.run();
  assert.deepEqual(labels(after), labels(first));
  assert.equal(JSON.stringify(after).includes('recovery_1.0'), false);
});

test('a stick leaves nothing in the firmware of a computer that it visits', () => {
  using here = computer(fresh, 'usb');
  assert.deepEqual(here.run(), fresh);
});

test('what was not started from the list is put before it', () => {
  using here = computer({ ...fresh, current: '0009' });
  assert.deepEqual(labels(here.run()).slice(0, 2), ['RayOS', 'RayOS recovery']);
});
