import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandLine } from './command-line.ts';
import type { MachineConfig } from './config.ts';
import { machineFiles } from './files.ts';
import { machineSockets } from './sockets.ts';

const machine: MachineConfig = {
  name: 'linux-desktop',
  uuid: '9baf30ae-0865-4dde-b1a6-f0a25de1a9ba',
  accelerator: 'tcg',
  cpus: 2,
  memoryMiB: 1536,
  boot: { kind: 'kernel', kernel: '/k/vmlinuz', initrd: '/k/initrd', commandLine: 'quiet a=b,c' },
  display: { width: 1280, height: 800, heads: 1 },
  devices: [
    { kind: 'virtio-gpu' },
    { kind: 'virtio-keyboard' },
    { kind: 'virtio-tablet' },
    { kind: 'virtio-serial-port', name: 'org.rayos.agent', socketPath: '/run/agent.sock' },
    {
      kind: 'disk',
      name: 'disk4',
      bus: 'virtio',
      path: '/d/disk.qcow2',
      format: 'qcow2',
      readOnly: false,
    },
  ],
  qmpSocket: '/run/qmp.sock',
  serialSocket: '/run/serial.sock',
  sandbox: true,
};

const disk = (bus: 'virtio' | 'sata', name: string) =>
  ({ kind: 'disk', name, bus, path: `/d/${name}`, format: 'qcow2', readOnly: false }) as const;

/** The arguments of each use of an option. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((arg, i) => (arg === option ? [args[i + 1] ?? ''] : []));
}

test('a machine has what it lists and nothing else', () => {
  const args = commandLine(machine);
  assert.ok(args.includes('-nodefaults') && args.includes('-no-user-config'));
  assert.deepEqual(valuesOf(args, '-display'), ['dbus,p2p=on']);
  assert.deepEqual(valuesOf(args, '-vga'), ['none']);
  assert.deepEqual(valuesOf(args, '-accel'), ['tcg,thread=multi']);
  assert.deepEqual(valuesOf(args, '-append'), ['quiet a=b,c']);
  assert.deepEqual(valuesOf(args, '-device'), [
    'virtio-serial-pci,id=serial0',
    'virtio-gpu-pci,id=device0,max_outputs=1,xres=1280,yres=800',
    'virtio-keyboard-pci,id=device1',
    'virtio-tablet-pci,id=device2',
    'virtserialport,id=device3,bus=serial0.0,chardev=port3,name=org.rayos.agent',
    'virtio-blk-pci,id=device4,drive=disk4,werror=stop,rerror=stop,bootindex=1',
  ]);
  assert.deepEqual(valuesOf(args, '-sandbox'), [
    'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny',
  ]);
  for (const arg of args) assert.doesNotMatch(arg, /netdev|-nic|vnc|spice/);
});

test('sockets are inherited in the order in which they are listed', () => {
  assert.deepEqual(machineSockets(machine), [
    { id: 'qmp', path: '/run/qmp.sock', fd: 3 },
    { id: 'serial', path: '/run/serial.sock', fd: 4 },
    { id: 'port3', path: '/run/agent.sock', fd: 5 },
  ]);
  assert.deepEqual(valuesOf(commandLine(machine), '-chardev'), [
    'socket,id=qmp,fd=3,server=on,wait=off',
    'socket,id=serial,fd=4,server=on,wait=off',
    'socket,id=port3,fd=5,server=on,wait=off',
  ]);
});

test('a machine that cannot be is refused in words', () => {
  const wrong: Partial<MachineConfig>[] = [
    { cpus: 0 },
    { cpus: 1.5 },
    { memoryMiB: Number.NaN },
    { uuid: 'x' },
    { machineType: 'q35,accel=kvm' },
    { cpuModel: 'max,vmx=on' },
    { name: 'a\0b' },
    { display: { width: 0, height: 800, heads: 1 } },
    { display: { width: 1280, height: 800, heads: 17 } },
    { devices: [{ kind: 'cdrom', name: 'a b' }, disk('sata', 'x'), disk('sata', 'file=y')] },
    { devices: Array.from({ length: 7 }, (_, i) => disk('sata', `disk${i}`)) },
    { devices: [{ ...disk('virtio', 'disk0'), bytesPerSecond: 0 }] },
    { devices: [{ kind: 'network-user', restrict: true, forwards: [{ host: 0, guest: 80 }] }] },
  ];
  for (const part of wrong)
    assert.throws(() => commandLine({ ...machine, ...part }), { code: 'BAD_REQUEST' });
});

/** QEMU's reading of an option list (util/qemu-option.c, get_opt_value): `,,` is a comma in a value. */
function readOptions(list: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const part of list.replaceAll(',,', '\0').split(',')) {
    const at = part.indexOf('=');
    const [name, value] = at < 0 ? ['', part] : [part.slice(0, at), part.slice(at + 1)];
    assert.ok(!options.has(name), `twice: ${name}`);
    options.set(name, value.replaceAll('\0', ','));
  }
  return options;
}

test('a disk and its base are inherited after the sockets, and whatever the disk says is under it is not asked', () => {
  const base = { path: '/b/base.qcow2', format: 'qcow2' } as const;
  const config = { ...machine, devices: [{ ...disk('virtio', 'system'), backing: base }] };
  assert.deepEqual(machineFiles(config), [
    { path: '/d/system', writable: true, set: 1, fd: 5 },
    { path: '/b/base.qcow2', writable: false, set: 2, fd: 6 },
    // QEMU opens these anew, through the descriptor.
    { path: '/k/vmlinuz', writable: false, fd: 7 },
    { path: '/k/initrd', writable: false, fd: 8 },
  ]);
  const args = commandLine(config);
  assert.deepEqual(valuesOf(args, '-add-fd'), ['fd=5,set=1', 'fd=6,set=2']);
  assert.deepEqual(valuesOf(args, '-kernel'), ['/proc/self/fd/7']);
  assert.deepEqual(valuesOf(args, '-initrd'), ['/proc/self/fd/8']);
  const options = readOptions(valuesOf(args, '-blockdev')[0] ?? '');
  assert.equal(options.get('backing.file.filename'), '/dev/fdset/2');
  const alone = readOptions(
    valuesOf(commandLine({ ...machine, devices: [disk('virtio', 'system')] }), '-blockdev')[0] ??
      '',
  );
  assert.equal(alone.get('backing'), '');
});

test('nothing in a value can add an option', () => {
  const hostile = fc
    .string({
      unit: fc.constantFrom(',', '=', '-', ' ', '"', "'", '\\', '\n', '{', 'a', 'on', 'é'),
    })
    .filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(hostile, hostile, hostile, (name, port, path) => {
      const args = commandLine({
        ...machine,
        name,
        boot: { kind: 'kernel', kernel: path, initrd: name, commandLine: port },
        devices: [
          { kind: 'virtio-serial-port', name: port, socketPath: '/run/a' },
          { kind: 'disk', name: 'disk0', bus: 'virtio', path, format: 'raw', readOnly: true },
        ],
      });
      const plain = commandLine({
        ...machine,
        devices: [
          { kind: 'virtio-serial-port', name: 'p', socketPath: '/run/a' },
          { kind: 'disk', name: 'disk4', bus: 'virtio', path: 'd', format: 'raw', readOnly: true },
        ],
      });
      assert.equal(args.length, plain.length);
      // QEMU takes the argument after an option as its value, whatever it looks like.
      for (let i = 0; i < args.length; i++)
        if (plain[i]?.startsWith('-')) assert.equal(args[i], plain[i]);
      assert.deepEqual(
        [...readOptions(valuesOf(args, '-name')[0] ?? '')],
        [
          ['guest', name],
          ['debug-threads', 'on'],
        ],
      );
      assert.equal(readOptions(valuesOf(args, '-device')[1] ?? '').get('name'), port);
      const disk = readOptions(valuesOf(args, '-blockdev')[0] ?? '');
      assert.equal(disk.get('file.filename'), '/dev/fdset/1');
      assert.equal(disk.size, 5);
    }),
  );
});

test('firmware tries disks before CDs, each in their order; drives have SATA ports of their own', () => {
  const args = commandLine({
    ...machine,
    boot: { kind: 'firmware' },
    devices: [
      { kind: 'cdrom', name: 'installer', path: '/i.iso' },
      disk('sata', 'system'),
      { ...disk('virtio', 'data'), bytesPerSecond: 1000 },
      { kind: 'cdrom', name: 'empty' },
    ],
  });
  assert.deepEqual(valuesOf(args, '-device'), [
    'ide-cd,id=device0,bus=ide.1,bootindex=2,drive=installer',
    'ide-hd,id=device1,drive=system,werror=stop,rerror=stop,bootindex=0,bus=ide.0',
    'virtio-blk-pci,id=device2,drive=data-limited,werror=stop,rerror=stop,bootindex=1',
    'ide-cd,id=device3,bus=ide.2,bootindex=3',
  ]);
  assert.deepEqual(valuesOf(args, '-object'), [
    'throttle-group,id=data-limit,x-bps-read=1000,x-bps-write=1000',
  ]);
});

test('UEFI is two flash chips: one is never written to, and nothing is under the other, whatever it says itself', () => {
  const boot = { kind: 'uefi', code: '/o/CODE,1.fd', variables: '/g/vars.qcow2' } as const;
  const args = commandLine({ ...machine, boot, devices: [] });
  assert.match(valuesOf(args, '-machine')[0] ?? '', /,pflash0=firmware,pflash1=variables$/);
  assert.deepEqual(valuesOf(args, '-blockdev'), [
    'driver=raw,node-name=firmware,read-only=on,file.driver=file,file.filename=/o/CODE,,1.fd',
    'driver=qcow2,node-name=variables,read-only=off,file.driver=file,file.filename=/dev/fdset/1,backing=',
  ]);
  assert.ok(!args.includes('-kernel'));
});

test('sound, USB and shared memory are there when a device needs them, and only then', () => {
  const none = commandLine({ ...machine, devices: [] }).join(' ');
  assert.doesNotMatch(none, /audiodev|xhci|memory-backend/);
  const args = commandLine({
    ...machine,
    devices: [
      { kind: 'sound' },
      { kind: 'usb-tablet' },
      { kind: 'folder-virtiofs', tag: 'rayos0', socketPath: '/v' },
      { kind: 'network-user', restrict: true, forwards: [{ host: 8080, guest: 80 }] },
    ],
  });
  assert.deepEqual(valuesOf(args, '-display'), ['dbus,p2p=on,audiodev=audio0']);
  assert.match(valuesOf(args, '-machine')[0] ?? '', /memory-backend=pc\.ram/);
  assert.ok(valuesOf(args, '-device').includes('qemu-xhci,id=usb0'));
  assert.deepEqual(valuesOf(args, '-netdev'), [
    'user,id=net3,restrict=on,hostfwd=tcp:127.0.0.1:8080-:80',
  ]);
  assert.match(valuesOf(args, '-device').at(-1) ?? '', /,mac=52:54:00:[0-9a-f:]{8},romfile=$/);
});

test('a restricted network opens nothing beyond 127.0.0.1, whatever is forwarded', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  const forwards = fc.array(fc.record({ host: port, guest: port }), { maxLength: 5 });
  fc.assert(
    fc.property(forwards, (list) => {
      const devices = [{ kind: 'network-user', restrict: true, forwards: list }] as const;
      const [netdev = ''] = valuesOf(commandLine({ ...machine, devices }), '-netdev');
      const rest = netdev.split(',').slice(3);
      assert.equal(rest.length, list.length);
      for (const one of rest) assert.match(one, /^hostfwd=tcp:127\.0\.0\.1:\d+-:\d+$/);
    }),
  );
});
