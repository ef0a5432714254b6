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

/** What of a machine is given as a descriptor by number: shared folders, and the other ends of network cards. */
export type MachineHandle = {
  readonly device: Device;
  readonly path: string;
  readonly fd: number;
};

/**
 * A shared folder is opened by RayOS as well: QEMU's user may then read what is in it, and needs no way to
 * it. The descriptors follow those of the files.
 */
export function machineHandles(config: MachineConfig): MachineHandle[] {
  const firstFd = firstSocketFd + machineSockets(config).length + machineFiles(config).length;
  return config.devices
    .flatMap((device): Omit<MachineHandle, 'fd'>[] => {
      if (device.kind === 'folder-9p') return [{ device, path: device.path }];
      if (device.kind === 'network-socket') return [{ device, path: device.socketPath }];
      return [];
    })
    .map((handle, index) => ({ ...handle, fd: firstFd + index }));
}

/** Files that a guest writes to and that could name others: their headers are looked at before QEMU opens them. */
export function qcow2Files({ boot, devices }: MachineConfig): string[] {
  const disks = devices.flatMap((device) =>
    device.kind === 'disk' && device.format === 'qcow2' ? [device.path] : [],
  );
  return boot.kind === 'uefi' ? [boot.variables, ...disks] : disks;
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
