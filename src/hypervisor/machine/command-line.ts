// A machine as QEMU's arguments. Pure: the same machine gives the same arguments. Only what is listed here
// exists in the machine: no defaults, no configuration files of the host, no network.

import type { MachineConfig } from './config.ts';
import { deviceArguments } from './devices.ts';
import { argument, optionList, wrongMachine } from './escape.ts';
import { machineSockets } from './sockets.ts';

const defaultMachineType = 'pc-q35-7.2';
const sandboxRules = 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny';
const maxCpus = 255;
const maxMemoryMiB = 4 * 1024 * 1024;

/** QEMU's arguments, without the program. Throws BAD_REQUEST for a machine that cannot be. */
export function commandLine(config: MachineConfig): string[] {
  check(config);
  const hasPorts = config.devices.some((device) => device.kind === 'virtio-serial-port');
  return [
    '-no-user-config',
    '-nodefaults',
    ...['-name', optionList({ guest: config.name, 'debug-threads': true })],
    ...['-uuid', config.uuid],
    ...['-machine', machine(config)],
    ...['-accel', config.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...['-cpu', config.cpuModel ?? 'max'],
    ...['-smp', optionList({ cpus: config.cpus })],
    ...['-m', optionList({ size: `${config.memoryMiB}M` })],
    ...['-rtc', 'base=utc'],
    ...boot(config),
    ...['-vga', 'none'],
    ...['-display', 'dbus,p2p=on'],
    ...machineSockets(config).flatMap(({ id, fd }) => [
      '-chardev',
      optionList({ id, fd, server: true, wait: false }, 'socket'),
    ]),
    ...['-mon', 'chardev=qmp,mode=control'],
    ...(config.serialSocket === undefined ? [] : ['-serial', 'chardev:serial']),
    ...(hasPorts ? ['-device', 'virtio-serial-pci,id=serial0'] : []),
    ...config.devices.flatMap((device, index) => deviceArguments(device, index, config.display)),
    ...(config.sandbox ? ['-sandbox', sandboxRules] : []),
    ...(config.startPaused === true ? ['-S'] : []),
    ...(config.incoming === true ? ['-incoming', 'defer'] : []),
    ...['-msg', 'timestamp=on'],
  ];
}

function machine(config: MachineConfig): string {
  const options = { usb: false, vmport: false, 'dump-guest-core': false };
  return optionList(options, config.machineType ?? defaultMachineType);
}

function boot({ boot }: MachineConfig): string[] {
  if (boot.kind === 'firmware') return [];
  if (boot.kind === 'uefi') throw wrongMachine('UEFI, which is not built yet');
  return [
    '-kernel',
    argument(boot.kernel),
    ...(boot.initrd === undefined ? [] : ['-initrd', argument(boot.initrd)]),
    '-append',
    argument(boot.commandLine),
  ];
}

function check(config: MachineConfig): void {
  const { cpus, memoryMiB, display, uuid, machineType = 'q35', cpuModel = 'max' } = config;
  const isCount = (n: number, most: number) => Number.isInteger(n) && n >= 1 && n <= most;
  if (!isCount(cpus, maxCpus)) throw wrongMachine(`${cpus} processors`);
  if (!isCount(memoryMiB, maxMemoryMiB)) throw wrongMachine(`${memoryMiB} MiB of memory`);
  if (!isCount(display.width, 8192) || !isCount(display.height, 8192))
    throw wrongMachine(`a screen of ${display.width} x ${display.height} pixels`);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid))
    throw wrongMachine(`${JSON.stringify(uuid)} as its UUID`);
  for (const model of [machineType, cpuModel])
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*(,[+-][a-z0-9._-]+)*$/.test(model))
      throw wrongMachine(`${JSON.stringify(model)} as the name of a model`);
}
