// Any guest: files as Debian ships them, made into guests by `rayos guest create --from`, boot and are usable.
// Judged by the pixels of what is presented, through a real rayosd.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../src/foundation/testing-until.ts';
import { debianPackage, fileBelow, type Unpacked } from './harness/debian.ts';
import { TestRayos } from './harness/rayos.ts';
import { type Screen, screenOf, screenThat } from './harness/screen.ts';

const memtestBlue = 0x0000a8;
const timeout = 400_000;
const folder = mkdtempSync(join(tmpdir(), 'rayos-any-'));

let rayos: TestRayos;
let memtest: Unpacked;
let installer: Unpacked;
let bootLoader: Unpacked;

before(async () => {
  memtest = await debianPackage('memtest86+');
  bootLoader = await debianPackage('systemd-boot-efi');
  installer = await debianPackage(
    'debian-installer-13-netboot-amd64',
    'debian-installer-12-netboot-amd64',
  );
  rayos = await TestRayos.start();
});

after(async () => {
  await rayos?.[Symbol.asyncDispose]();
  for (const unpacked of [memtest, installer, bootLoader]) unpacked?.[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Makes a guest as a person does. */
async function create(name: string, file: string, ...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await rayos.cli(
    'guest',
    'create',
    name,
    '--from',
    file,
    ...more,
  );
  assert.equal(code, 0, stderr);
  return stderr + stdout;
}

async function end(guest: string): Promise<void> {
  const { code, stderr } = await rayos.cli('guest', 'kill', guest, '--yes');
  assert.equal(code, 0, stderr);
}

const press = (guest: string, keys: string) => rayos.run('input.press', { guest, keys });

test('memtest86+ tests memory, and a key opens its menu', { timeout }, async () => {
  const guest = 'memtest';
  const said = await create(guest, fileBelow(memtest.folder, 'x64.bin'));
  assert.match(said, /Memtest86\+ .*bzImage/);
  const { state, ready } = (await rayos.run('guest.present', { guest })).guest;
  assert.deepEqual([state, ready], ['running', true], 'it has no agent: to run is to be ready');
  const isTesting = await screenThat(
    rayos,
    guest,
    (screen) => screen.share(memtestBlue) > 0.5,
    'the blue screen of memtest86+',
  );
  await screenThat(
    rayos,
    guest,
    (screen) => screen.share(memtestBlue) > 0.5 && screen.differences(isTesting) > 20,
    'a test that goes on',
  );
  // Its menu covers the middle of the screen with another colour than a running test has there. It looks at
  // its keyboard now and then, so the key is pressed until it is there.
  await until(
    async () => {
      await press(guest, 'F1');
      return (await screenOf(rayos, guest)).differences(isTesting) > 10_000;
    },
    'a menu after F1',
    { everyMs: 1000, limitMs: 120_000 },
  );
  await end(guest);
});

test("the Debian installer's menu of languages is there, and the arrow moves in it", {
  timeout,
}, async () => {
  const guest = 'installer';
  const said = await create(
    guest,
    fileBelow(installer.folder, 'text/debian-installer/amd64/linux'),
  );
  assert.match(said, /initial RAM disk is .*initrd\.gz/, 'the initrd beside the kernel is found');
  await rayos.run('guest.present', { guest });
  // newt: a grey box before a background of another colour, which covers a good part of the screen.
  // VGA's text mode and the kernel's own console have two greys.
  const grey = (screen: Screen) => screen.share(0xa8a8a8) + screen.share(0xaaaaaa);
  // Drawn to the end: it stands still for two seconds. A box that says to wait stands as well, but goes then.
  const standing = async () => {
    let [before, times] = [undefined as Screen | undefined, 0];
    return await screenThat(
      rayos,
      guest,
      (screen) => {
        times = before?.differences(screen) === 0 ? times + 1 : 0;
        before = screen;
        return times >= 8 && grey(screen) > 0.3 && screen.share(0) < 0.5;
      },
      'a menu',
      300_000,
    );
  };
  for (let box = 1; ; box++) {
    const menu = await standing();
    await press(guest, 'Down');
    const moved = await screenThat(
      rayos,
      guest,
      (screen) => screen.differences(menu) > 500,
      'the bar one line further',
    );
    // The menu itself stays.
    if (moved.differences(menu) < 0.2 * menu.width * menu.height) break;
    assert.ok(box < 5, 'no menu that stays');
  }
  await end(guest);
});

test('an EFI application boots by UEFI, from a disk that is made for it', { timeout }, async () => {
  const guest = 'loader';
  const said = await create(guest, fileBelow(bootLoader.folder, 'systemd-bootx64.efi'));
  assert.match(said, /starts by UEFI/);
  await rayos.run('guest.present', { guest });
  const isMenu = (share: number) => share > 0.004 && share < 0.2;
  // Its menu's one entry: a grey bar on black.
  const grey = 0x989898;
  await screenThat(rayos, guest, (screen) => isMenu(screen.share(grey)), "systemd-boot's menu");
  const detail = await rayos.run('guest.show', { guest });
  assert.equal(detail.firmware, 'uefi');
  await end(guest);
});

test('a disk image is imported, and boots; the file is as it was', { timeout }, async () => {
  // memtest86+'s ISO is also a disk (it is made for USB sticks): as a VMDK it is what an exported machine is.
  const vmdk = join(folder, 'exported.vmdk');
  const iso = fileBelow(memtest.folder, 'x64.iso');
  const form = ['-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized'];
  execFileSync('qemu-img', ['convert', ...form, iso, vmdk]);
  const hash = () => createHash('sha256').update(readFileSync(vmdk)).digest('hex');
  const before = hash();
  const said = await create('imported', vmdk, '--firmware', 'bios', '--diskGiB', '1');
  assert.match(said, /vmdk, stream-optimised/);
  const { disks } = await rayos.run('guest.show', { guest: 'imported' });
  assert.equal(disks[0]?.format, 'qcow2');
  assert.equal(disks[0]?.sizeBytes, 2 ** 30);
  await rayos.run('guest.present', { guest: 'imported' });
  await screenThat(
    rayos,
    'imported',
    (screen) => screen.share(memtestBlue) > 0.5,
    'memtest86+ from the imported disk',
  );
  await end('imported');
  assert.equal(hash(), before);
});

test('an ISO boots where it lies, beside a new disk', { timeout }, async () => {
  const guest = 'disc';
  await create(guest, fileBelow(memtest.folder, 'x64.iso'), '--diskGiB', '1');
  await rayos.run('guest.present', { guest });
  await screenThat(
    rayos,
    guest,
    (screen) => screen.share(memtestBlue) > 0.5,
    'memtest86+ from the disc',
  );
  const { disks } = await rayos.run('guest.show', { guest });
  assert.deepEqual(
    disks.map(({ format, readOnly }) => [format, readOnly]),
    [
      ['qcow2', false],
      ['iso', true],
    ],
  );
  await end(guest);
});

test('what cannot be made says why and leaves nothing', async () => {
  const list = async () => (await rayos.run('guest.list', {})).guests.map(({ name }) => name);
  const before = await list();
  const overlay = join(folder, 'overlay.qcow2');
  const secret = ['-b', '/etc/passwd', '-F', 'raw'];
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...secret, overlay]);
  const cut = join(folder, 'cut.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', cut, '1G']);
  execFileSync('truncate', ['-s', '100000', cut]);
  for (const [file, words] of [
    [overlay, /only the changes to another image/],
    [cut, /it was cut, or is damaged/],
    ['/etc/passwd', /does not know what this file is/],
    [join(folder, 'nothing.iso'), /no such file/],
    [folder, /it is a folder/],
  ] as const) {
    const { code, stderr } = await rayos.cli('guest', 'create', 'wrong', '--from', file);
    assert.equal(code, 1, stderr);
    assert.match(stderr, words);
  }
  assert.deepEqual(await list(), before);
});

test('kill -9 while a guest is being made leaves nothing half', { timeout }, async () => {
  const raw = join(folder, 'large.raw');
  execFileSync('truncate', ['-s', '8G', raw]);
  // A signed first sector with code in it, and data all over: enough work to be killed in.
  const code = Buffer.alloc(512, 0x90);
  code.fill(0, 440, 510);
  code.writeUInt16LE(0xaa55, 510);
  execFileSync('dd', [`of=${raw}`, 'conv=notrunc', 'status=none'], { input: code });
  execFileSync('dd', [
    'if=/dev/urandom',
    `of=${raw}`,
    'bs=1M',
    'seek=16',
    'count=600',
    'conv=notrunc',
    'status=none',
  ]);
  const making = rayos.ask('guest.create', { name: 'half', from: raw }).catch(() => undefined);
  const row = async () => {
    const { guests } = await rayos.run('guest.list', {});
    return guests.find(({ name }) => name === 'half');
  };
  const { id } = await until(row, 'the row of the guest', { everyMs: 1 });
  await rayos.kill();
  await making;
  await rayos.boot();
  const { guests } = await rayos.run('guest.list', {});
  assert.ok(!guests.some(({ name }) => name === 'half'));
  const left = statSync(join(rayos.stateDir, 'guests', id), { throwIfNoEntry: false });
  assert.equal(left, undefined);
  await rayos.marker('GUEST:MENDED');
});
