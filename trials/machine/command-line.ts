// A test machine as QEMU's arguments. Pure: the same machine gives the same arguments.

import { optionList } from '../../src/hypervisor/index.ts';
import { type Disk, diskArguments } from './disks.ts';
import { type Firmware, firmwareArguments } from './firmware.ts';
import type { MachineOptions } from './options.ts';

export type Parts = {
  readonly accelerator: 'kvm' | 'tcg';
  readonly firmware: Firmware | undefined;
  readonly variables: string;
  readonly disks: readonly Disk[];
  readonly qmpSocket: string;
  readonly serialSocket: string;
  readonly tpmSocket: string;
};

/** QEMU's arguments, without the program. */
export function machineArguments(options: MachineOptions, parts: Parts): string[] {
  const { firmware, disks } = parts;
  const hasUsb = disks.some(({ options: { bus } }) => bus === 'usb');
  return [
    ...['-no-user-config', '-nodefaults', '-display', 'none', '-device', 'VGA'],
    ...['-machine', optionList(machine(parts))],
    ...['-accel', parts.accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi', '-cpu', 'max'],
    ...['-smp', String(options.cpus ?? 2), '-m', String(options.memoryMiB ?? 1024)],
    ...(firmware === undefined ? [] : firmwareArguments(firmware, parts.variables)),
    ...['-chardev', socket('qmp', parts.qmpSocket, true), '-mon', 'chardev=qmp,mode=control'],
    // QEMU connects to us, so that nothing is said before somebody listens.
    ...['-chardev', socket('serial', parts.serialSocket, false), '-serial', 'chardev:serial'],
    ...['-device', 'virtio-rng-pci'],
    ...(hasUsb ? ['-device', 'qemu-xhci,id=usb'] : []),
    ...disks.flatMap((disk, index) => diskArguments(disk, index + 1)),
    ...(options.watchdog === true ? ['-device', 'i6300esb', '-action', 'watchdog=reset'] : []),
    ...(options.tpm === true ? tpm(parts.tpmSocket) : []),
    ...(options.kernel === undefined ? [] : kernel(options.kernel)),
    ...(options.smbiosStrings ?? []).flatMap((value) => [
      '-smbios',
      optionList({ type: 11, value }),
    ]),
  ];
}

function machine({ firmware }: Parts): Record<string, string | boolean> {
  if (firmware === undefined) return { type: 'q35' };
  return {
    type: 'q35',
    smm: firmware.needsSmm,
    pflash0: 'firmware-code',
    pflash1: 'firmware-variables',
  };
}

function socket(id: string, path: string, isServer: boolean): string {
  return optionList({ id, path, server: isServer, ...(isServer ? { wait: false } : {}) }, 'socket');
}

function tpm(path: string): string[] {
  return [
    ...['-chardev', socket('tpm', path, false)],
    ...['-tpmdev', 'emulator,id=tpm,chardev=tpm', '-device', 'tpm-crb,tpmdev=tpm'],
  ];
}

function kernel({ kernel, initrd, commandLine }: NonNullable<MachineOptions['kernel']>): string[] {
  return [
    ...['-kernel', kernel, '-append', commandLine],
    ...(initrd === undefined ? [] : ['-initrd', initrd]),
  ];
}
