import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { commandLine } from './command-line.ts';
import type { MachineConfig } from './config.ts';
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
    'virtio-blk-pci,id=device4,drive=disk4',
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
      assert.equal(disk.get('file.filename'), path);
      assert.equal(disk.size, 5);
    }),
  );
});
