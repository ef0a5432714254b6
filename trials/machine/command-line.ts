// A test machine as QEMU's arguments. Pure: the same machine gives the same arguments.

import { optionList } from '../../src/hypervisor/index.ts';
import { type Disk, diskArguments } from './disks.ts';
import { type Firmware, firmwareArguments } from './firmware.ts';
import type { Arch, MachineOptions } from './options.ts';

export type Parts = {
  readonly accelerator: 'kvm' | 'tcg';
  readonly firmware: Firmware | undefined;
  readonly variables: string;
  readonly disks: readonly Disk[];
  readonly qmpSocket: string;
  readonly serialSocket: string;
  readonly tpmSocket: string;
};

/**
 * What differs between processors. Strings of bytes (`rep stosb`) are emulated byte by byte: with a processor that
 * says it is fast at them, Linux cleared memory for a fifth of a whole boot. The ARM one is not `max`: what newer ones
 * sign pointers with takes emulation several times as long.
 */
const boards = {
  x86_64: {
    type: 'q35',
    cpu: 'max,-erms,-fsrm',
    display: 'VGA',
    tpm: 'tpm-crb',
    hasUsbKeyboard: false,
  },
  aarch64: {
    ...{ type: 'virt', cpu: 'cortex-a72', display: 'virtio-gpu-pci', tpm: 'tpm-tis-device' },
    hasUsbKeyboard: true,
  },
} as const satisfies Record<Arch, unknown>;

/** QEMU's arguments, without the program. */
export function machineArguments(options: MachineOptions, parts: Parts): string[] {
  const { firmware, disks } = parts;
  const arch = options.arch ?? 'x86_64';
  const board = boards[arch];
  const hasUsb = board.hasUsbKeyboard || disks.some(({ options: { bus } }) => bus === 'usb');
  return [
    ...['-no-user-config', '-nodefaults', '-display', 'none'],
    ...(options.hasScreen === false ? [] : ['-device', board.display]),
    ...['-machine', optionList(machine(parts, board.type))],
    ...['-accel', parts.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi', '-cpu', board.cpu],
    ...['-smp', String(options.cpus ?? 2), '-m', String(options.memoryMiB ?? 1024)],
    ...(firmware === undefined ? [] : firmwareArguments(firmware, parts.variables)),
    ...['-chardev', socket('qmp', parts.qmpSocket, true), '-mon', 'chardev=qmp,mode=control'],
    // QEMU connects to us, so that nothing is said before somebody listens.
    ...['-chardev', socket('serial', parts.serialSocket, false), '-serial', 'chardev:serial'],
    ...['-device', 'virtio-rng-pci'],
    ...(hasUsb ? ['-device', 'qemu-xhci,id=usb'] : []),
    ...(board.hasUsbKeyboard ? ['-device', 'usb-kbd', '-device', 'usb-tablet'] : []),
    ...disks.flatMap((disk, index) => diskArguments(disk, index + 1)),
    ...(options.watchdog === true ? ['-device', 'i6300esb', '-action', 'watchdog=reset'] : []),
    ...(options.tpm === true ? tpm(parts.tpmSocket, board.tpm) : []),
    ...(options.kernel === undefined ? [] : kernel(options.kernel)),
    ...(options.smbiosStrings ?? []).flatMap((value) => [
      '-smbios',
      optionList({ type: 11, value }),
    ]),
  ];
}

function machine({ firmware }: Parts, type: string): Record<string, string | boolean> {
  if (firmware === undefined) return { type };
  return {
    type,
    ...(type === 'q35' ? { smm: firmware.needsSmm } : {}),
    pflash0: 'firmware-code',
    pflash1: 'firmware-variables',
  };
}

function socket(id: string, path: string, isServer: boolean): string {
  return optionList({ id, path, server: isServer, ...(isServer ? { wait: false } : {}) }, 'socket');
}

function tpm(path: string, device: string): string[] {
  return [
    ...['-chardev', socket('tpm', path, false)],
    ...['-tpmdev', 'emulator,id=tpm,chardev=tpm', '-device', `${device},tpmdev=tpm`],
  ];
}

function kernel({ kernel, initrd, commandLine }: NonNullable<MachineOptions['kernel']>): string[] {
  return [
    ...['-kernel', kernel, '-append', commandLine],
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
  ];
}
