// QEMU of this machine takes every device that a machine may have, as RayOS writes it.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { own } from '../../foundation/index.ts';
import { until } from '../../foundation/testing-until.ts';
import { findFirmware } from '../probe/firmware.ts';
import { testBinary, testMachine, testUser } from '../run/test-machine.ts';
import type { Device, MachineConfig } from './config.ts';
import { isSupported, qemuDevices } from './devices.ts';

const help = execFileSync(testBinary, ['-device', 'help'], { encoding: 'utf8' });
const names = [...help.matchAll(/^name "([^"]+)"/gm)].map(([, name = '']) => name);

/** A file that the machine's user may write to. */
function own0600(path: string): string {
  if (testUser.uid !== undefined) chownSync(path, testUser.uid, testUser.gid);
  return path;
}

function qcow2(path: string, size: string): string {
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', path, size]);
  return own0600(path);
}

async function accepts(part: Partial<MachineConfig>, folderOf?: (folder: string) => Device[]) {
  await using machine = testMachine();
  chmodSync(machine.folder, 0o755);
  const devices = folderOf?.(machine.folder) ?? part.devices ?? [];
  const qemu = await machine.launch({ ...part, devices, startPaused: true });
  const status = (await qemu.qmp.execute('query-status')) as { status?: string };
  assert.equal(status.status, 'prelaunch');
  await qemu.resume();
  const listed = (await qemu.qmp.execute('qom-list', { path: '/machine/peripheral' })) as {
    name: string;
  }[];
  for (const [index] of devices.entries())
    assert.ok(
      listed.some(({ name }) => name === `device${index}`),
      `device${index} (${devices[index]?.kind}) is missing`,
    );
}

test('screens, input, sound, random numbers and folders are taken', async () => {
  const all: readonly Device[] = [
    { kind: 'virtio-keyboard' },
    { kind: 'virtio-tablet' },
    { kind: 'usb-tablet' },
    { kind: 'virtio-multitouch' },
    { kind: 'virtio-rng' },
    { kind: 'sound' },
    { kind: 'network-user', restrict: true, forwards: [] },
  ];
  const supported = all.filter(({ kind }) => isSupported(kind, names));
  assert.ok(supported.length >= 6, 'only multitouch may be missing, before QEMU 8.1');
  for (const kind of ['virtio-gpu', 'virtio-vga', 'vga'] as const)
    await accepts({
      display: { width: 1920, height: 1080, heads: kind === 'vga' ? 1 : 4 },
      devices: [{ kind }, ...supported],
    });
});

test('disks of each format and bus, CDs, empty drives and limits are taken', async () => {
  await accepts({}, (folder) => {
    const file = (name: string) => join(folder, `${name}, with a comma`);
    writeFileSync(file('cd'), Buffer.alloc(65_536));
    const image = (format: string) => {
      execFileSync('qemu-img', ['create', '-q', '-f', format, file(format), '16M']);
      return own0600(file(format));
    };
    const disk = { kind: 'disk', readOnly: false } as const;
    return [
      { ...disk, name: 'system', bus: 'virtio', format: 'qcow2', path: image('qcow2') },
      { ...disk, name: 'raw', bus: 'sata', format: 'raw', path: image('raw') },
      { ...disk, name: 'vmdk', bus: 'virtio', format: 'vmdk', path: image('vmdk') },
      { ...disk, name: 'vpc', bus: 'virtio', format: 'vpc', path: image('vpc'), readOnly: true },
      {
        ...disk,
        name: 'limited',
        bus: 'virtio',
        format: 'qcow2',
        path: qcow2(file('limited'), '16M'),
        bytesPerSecond: 1_000_000,
      },
      { kind: 'cdrom', name: 'installer', path: file('cd') },
      { kind: 'cdrom', name: 'empty' },
    ];
  });
});

test('a folder over 9p and a card on a socket are taken', async () => {
  const server = createServer();
  try {
    await using machine = testMachine();
    chmodSync(machine.folder, 0o755);
    const socketPath = join(machine.folder, 'net.sock');
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    chmodSync(socketPath, 0o777);
    const shared = join(machine.folder, 'shared');
    mkdirSync(shared, { mode: 0o755 });
    const qemu = await machine.launch({
      devices: [
        { kind: 'folder-9p', tag: 'rayos0', path: shared, readOnly: true },
        { kind: 'network-socket', socketPath },
      ],
      startPaused: true,
    });
    await qemu.resume();
  } finally {
    server.close();
  }
});

test('a folder of a virtiofsd is taken, with memory that it can map', async (t) => {
  const daemon = ['/usr/libexec/virtiofsd', '/usr/lib/qemu/virtiofsd'].find((p) => existsSync(p));
  if (daemon === undefined) return t.skip('there is no virtiofsd here');
  assert.ok(qemuDevices['folder-virtiofs'].every((name) => names.includes(name)));
  await using machine = testMachine();
  chmodSync(machine.folder, 0o755);
  const socketPath = join(machine.folder, 'fs.sock');
  const isOld = daemon.includes('/qemu/');
  const args = isOld
    ? ['-o', `source=${machine.folder}`, '-o', 'sandbox=chroot', `--socket-path=${socketPath}`]
    : ['--shared-dir', machine.folder, '--sandbox', 'none', '--socket-path', socketPath];
  await using _daemon = own(spawn(daemon, args, { stdio: 'ignore' }));
  await until(() => existsSync(socketPath), 'the socket of virtiofsd');
  if (testUser.uid !== undefined) chownSync(socketPath, testUser.uid, testUser.gid);
  const qemu = await machine.launch({
    devices: [{ kind: 'folder-virtiofs', tag: 'rayos0', socketPath }],
    startPaused: true,
  });
  await qemu.resume();
});

test('UEFI starts with a copy of its variables', async () => {
  const firmware = findFirmware();
  assert.ok(firmware, 'install ovmf');
  await using machine = testMachine();
  chmodSync(machine.folder, 0o755);
  const variables = join(machine.folder, 'variables.qcow2');
  const from = ['-f', 'raw', '-O', 'qcow2', firmware.variables, variables];
  execFileSync('qemu-img', ['convert', ...from]);
  own0600(variables);
  const before = statSync(variables).mtimeMs;
  const qemu = await machine.launch({
    boot: { kind: 'uefi', code: firmware.code, variables },
    memoryMiB: 256,
    startPaused: true,
  });
  await qemu.resume();
  assert.ok(before > 0);
});
