// A machine as QEMU's arguments. Pure: the same machine gives the same arguments. Only what is listed here
// exists in the machine: no defaults, no configuration files of the host, no network.

import { blockPlaces } from './block.ts';
import type { Device, MachineConfig } from './config.ts';
import { deviceArguments } from './devices.ts';
import { argument, optionList, wrongMachine } from './escape.ts';
import { type MachineFile, machineFiles, machineHandles, nameForQemu } from './files.ts';
import { machineSockets } from './sockets.ts';

const defaultMachineType = 'pc-q35-7.2';
const sandboxRules = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';
const maxCpus = 255;
const maxMemoryMiB = 4 * 1024 * 1024;
/** As many as virtio-gpu has outputs. */
const maxHeads = 16;
const noPlace = { bootIndex: 0, sataPort: 0 };

/** QEMU's arguments, without the program. Throws BAD_REQUEST for a machine that cannot be. */
export function commandLine(config: MachineConfig): string[] {
  check(config);
  const has = (kind: Device['kind']) => config.devices.some((device) => device.kind === kind);
  // A kernel that is given takes the first place itself.
  const places = blockPlaces(config.devices, config.boot.kind === 'kernel' ? 1 : 0);
  const files = machineFiles(config);
  const handles = machineHandles(config);
  return [
    '-no-user-config',
    '-nodefaults',
    ...['-name', optionList({ guest: config.name, 'debug-threads': true })],
    ...['-uuid', config.uuid],
    ...(has('folder-virtiofs') ? ['-object', sharedMemory(config)] : []),
    ...['-machine', machine(config, has('folder-virtiofs'))],
    ...['-accel', config.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...['-cpu', config.cpuModel ?? 'max'],
    ...['-smp', optionList({ cpus: config.cpus })],
    ...['-m', optionList({ size: `${config.memoryMiB}M` })],
    ...['-rtc', 'base=utc'],
    ...files.flatMap(({ set, fd }) =>
      set === undefined ? [] : ['-add-fd', optionList({ fd, set })],
    ),
    ...boot(config, files),
    ...['-vga', 'none'],
    ...(has('sound') ? ['-audiodev', 'dbus,id=audio0,out.frequency=48000'] : []),
    ...['-display', has('sound') ? 'dbus,p2p=on,audiodev=audio0' : 'dbus,p2p=on'],
    ...machineSockets(config).flatMap(({ id, fd }) => [
      '-chardev',
      optionList({ id, fd, server: true, wait: false }, 'socket'),
    ]),
    ...['-mon', 'chardev=qmp,mode=control'],
    ...(config.serialSocket === undefined ? [] : ['-serial', 'chardev:serial']),
    ...(has('virtio-serial-port') ? ['-device', 'virtio-serial-pci,id=serial0'] : []),
    ...(has('usb-tablet') ? ['-device', 'qemu-xhci,id=usb0'] : []),
    ...config.devices.flatMap((device, index) =>
      deviceArguments(device, index, config, places.get(device) ?? noPlace, files, handles),
    ),
    ...(config.sandbox ? ['-sandbox', sandboxRules] : []),
    ...(config.startPaused === true ? ['-S'] : []),
    ...(config.incoming === true ? ['-incoming', 'defer'] : []),
    ...['-msg', 'timestamp=on'],
  ];
}

function machine(config: MachineConfig, isShared: boolean): string {
  const options = {
    usb: false,
    vmport: false,
    'dump-guest-core': false,
    ...(isShared ? { 'memory-backend': memoryName } : {}),
    ...(config.boot.kind === 'uefi' ? { pflash0: 'firmware', pflash1: 'variables' } : {}),
  };
  return optionList(options, config.machineType ?? defaultMachineType);
}

/** The name that QEMU itself gives to this memory, so that a saved state loads with and without sharing it. */
const memoryName = 'pc.ram';

/** Memory that a virtiofsd can map. */
function sharedMemory({ memoryMiB }: MachineConfig): string {
  const options = { id: memoryName, size: `${memoryMiB}M`, share: true };
  return optionList(options, 'memory-backend-memfd');
}

function boot({ boot }: MachineConfig, files: readonly MachineFile[]): string[] {
  if (boot.kind === 'firmware') return [];
  if (boot.kind === 'uefi') return uefi(boot.code, nameForQemu(files, boot.variables));
  return [
    '-kernel',
    nameForQemu(files, boot.kernel),
    ...(boot.initrd === undefined ? [] : ['-initrd', nameForQemu(files, boot.initrd)]),
    '-append',
    argument(boot.commandLine),
  ];
}

/** OVMF in two flash chips: the code, which nobody writes to, and the variables. */
function uefi(code: string, variables: string): string[] {
  const file = (path: string) => ({ 'file.driver': 'file', 'file.filename': path });
  const chip = (name: string, driver: string, options: Parameters<typeof optionList>[0]) => [
    '-blockdev',
    optionList({ driver, 'node-name': name, ...options }),
  ];
  return [
    ...chip('firmware', 'raw', { 'read-only': true, ...file(code) }),
    // Nothing is under them, whatever they say themselves: the guest writes to them.
    ...chip('variables', 'qcow2', { 'read-only': false, ...file(variables), backing: '' }),
  ];
}

function check(config: MachineConfig): void {
  const { cpus, memoryMiB, display, uuid, machineType = 'q35', cpuModel = 'max' } = config;
  const isCount = (n: number, most: number) => Number.isInteger(n) && n >= 1 && n <= most;
  if (!isCount(cpus, maxCpus)) throw wrongMachine(`${cpus} processors`);
  if (!isCount(memoryMiB, maxMemoryMiB)) throw wrongMachine(`${memoryMiB} MiB of memory`);
  if (!isCount(display.width, 8192) || !isCount(display.height, 8192))
    throw wrongMachine(`a screen of ${display.width} x ${display.height} pixels`);
  if (!isCount(display.heads, maxHeads)) throw wrongMachine(`${display.heads} screens`);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid))
    throw wrongMachine(`${JSON.stringify(uuid)} as its UUID`);
  for (const model of [machineType, cpuModel])
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*(,[+-][a-z0-9._-]+)*$/.test(model))
      throw wrongMachine(`${JSON.stringify(model)} as the name of a model`);
}
