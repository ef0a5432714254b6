// The files of a machine: disks, firmware variables, kernels. RayOS opens them and gives QEMU the descriptors (fd sets), so that a
// guest's QEMU needs no right to any folder, and can open nothing but its own disks.

import type { Device, MachineConfig } from './config.ts';
import { firstSocketFd, machineSockets } from './sockets.ts';

export type MachineFile = {
  readonly path: string;
  readonly writable: boolean;
  /**
   * Number of the fd set: the file is `/dev/fdset/<set>` for QEMU. None for a kernel and its RAM disk, which
   * QEMU opens by itself, as `/proc/self/fd/<fd>`: they must be readable by its user.
   */
  readonly set?: number;
  readonly fd: number;
};

/** The machine's disk files, in the order of their descriptors, which follow those of the sockets. */
export function machineFiles(config: MachineConfig): MachineFile[] {
  const firstFd = firstSocketFd + machineSockets(config).length;
  const variables =
    config.boot.kind === 'uefi' ? [{ path: config.boot.variables, writable: true }] : [];
  const inSets = [...variables, ...config.devices.flatMap(filesOf)].map((file, index) => ({
    ...file,
    set: index + 1,
  }));
  const kernels =
    config.boot.kind === 'kernel'
      ? [config.boot.kernel, config.boot.initrd].filter((path) => path !== undefined)
      : [];
  return [...inSets, ...kernels.map((path) => ({ path, writable: false }))].map((file, index) => ({
    ...file,
    fd: firstFd + index,
  }));
}

function filesOf(device: Device): { path: string; writable: boolean }[] {
  if (device.kind === 'cdrom' && device.path !== undefined)
    return [{ path: device.path, writable: false }];
  if (device.kind !== 'disk') return [];
  const { path, readOnly, backing } = device;
  return [
    { path, writable: !readOnly },
    ...(backing === undefined ? [] : [{ path: backing.path, writable: false }]),
  ];
}

/** A file's name for QEMU. */
export function nameForQemu(files: readonly MachineFile[], path: string): string {
  const file = files.find((one) => one.path === path);
  if (file === undefined) return path;
  return file.set === undefined ? `/proc/self/fd/${file.fd}` : `/dev/fdset/${file.set}`;
}
