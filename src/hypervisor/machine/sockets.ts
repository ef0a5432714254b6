// The sockets of a machine. RayOS makes them and gives QEMU the listening descriptors, so that a guest's
// QEMU needs no folder to write to, cannot put another socket in its place, and can be connected to at once:
// a connection waits in the backlog until QEMU takes it.

import type { MachineConfig } from './config.ts';

/** QEMU inherits the first socket as this descriptor, the others as those after it. */
export const firstSocketFd = 3;

export type MachineSocket = {
  /** Id of the character device. */
  readonly id: string;
  readonly path: string;
  readonly fd: number;
};

/** The machine's sockets, in the order of their descriptors: QMP, serial, the ports. */
export function machineSockets(config: MachineConfig): MachineSocket[] {
  const sockets: { id: string; path: string }[] = [{ id: 'qmp', path: config.qmpSocket }];
  if (config.serialSocket !== undefined) sockets.push({ id: 'serial', path: config.serialSocket });
  config.devices.forEach((device, index) => {
    if (device.kind === 'virtio-serial-port')
      sockets.push({ id: `port${index}`, path: device.socketPath });
  });
  return sockets.map((socket, index) => ({ ...socket, fd: firstSocketFd + index }));
}
