// Each device's arguments. `index` is its place in the list, and makes its ids unique.

import { createHash } from 'node:crypto';
import { type BlockPlace, cdromArguments, diskArguments } from './block.ts';
import type { Device, MachineConfig } from './config.ts';
import { optionList, wrongMachine } from './escape.ts';
import type { MachineFile, MachineHandle } from './files.ts';

/** The names of QEMU's devices that a kind needs; the probe asks for them. */
export const qemuDevices = {
  'virtio-gpu': ['virtio-gpu-pci'],
  'virtio-vga': ['virtio-vga'],
  vga: ['VGA'],
  'virtio-keyboard': ['virtio-keyboard-pci'],
  'virtio-tablet': ['virtio-tablet-pci'],
  'virtio-multitouch': ['virtio-multitouch-pci'],
  'usb-tablet': ['qemu-xhci', 'usb-tablet'],
  'virtio-serial-port': ['virtio-serial-pci', 'virtserialport'],
  'virtio-rng': ['virtio-rng-pci'],
  sound: ['intel-hda', 'hda-output'],
  disk: ['virtio-blk-pci', 'ide-hd'],
  cdrom: ['ide-cd'],
  'network-user': ['virtio-net-pci'],
  'network-socket': ['virtio-net-pci'],
  'folder-9p': ['virtio-9p-pci'],
  'folder-virtiofs': ['vhost-user-fs-pci'],
} as const satisfies Record<Device['kind'], readonly string[]>;

/** Whether a QEMU with these devices (`Probe.devices`) can have a device of this kind. */
export function isSupported(kind: Device['kind'], devices: readonly string[]): boolean {
  return qemuDevices[kind].every((name) => devices.includes(name));
}

/** Video memory of a VGA card: enough for 3840x2160 twice. */
const vgaMemoryMiB = 64;

/** A device's arguments. Throws BAD_REQUEST for one that cannot be. */
export function deviceArguments(
  device: Device,
  index: number,
  { display, uuid }: Pick<MachineConfig, 'display' | 'uuid'>,
  place: BlockPlace,
  files: readonly MachineFile[],
  handles: readonly MachineHandle[],
): string[] {
  const id = `device${index}`;
  const { width, height, heads } = display;
  const one = (options: Parameters<typeof optionList>[0], name: string) => [
    '-device',
    optionList(options, name),
  ];
  switch (device.kind) {
    case 'virtio-gpu':
    case 'virtio-vga':
      return one(
        { id, max_outputs: heads, xres: width, yres: height },
        qemuDevices[device.kind][0],
      );
    case 'vga':
      return one({ id, vgamem_mb: vgaMemoryMiB, xres: width, yres: height }, 'VGA');
    case 'virtio-keyboard':
    case 'virtio-tablet':
    case 'virtio-multitouch':
    case 'virtio-rng':
      return one({ id }, qemuDevices[device.kind][0]);
    case 'usb-tablet':
      return one({ id, bus: 'usb0.0' }, 'usb-tablet');
    case 'virtio-serial-port': {
      const port = { id, bus: 'serial0.0', chardev: `port${index}`, name: device.name };
      return one(port, 'virtserialport');
    }
    case 'sound':
      return [
        ...one({ id }, 'intel-hda'),
        // Without a volume of its own, which QEMU tells a listener only when it changes: the guest mixes.
        ...one(
          { id: `${id}-codec`, bus: `${id}.0`, audiodev: 'audio0', mixer: false },
          'hda-output',
        ),
      ];
    case 'disk':
      return diskArguments(device, id, place, files);
    case 'cdrom':
      return cdromArguments(device, id, place, files);
    case 'network-user': {
      const options = optionList({ id: `net${index}`, restrict: device.restrict }, 'user');
      const forwards = device.forwards.map(({ host, guest }) => {
        if (!isPort(host) || !isPort(guest)) throw wrongMachine(`port ${host} to port ${guest}`);
        return `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`;
      });
      return ['-netdev', options + forwards.join(''), ...card(id, index, uuid)];
    }
    case 'network-socket': {
      const to = { id: `net${index}`, server: false, 'addr.type': 'fd' };
      const options = optionList({ ...to, 'addr.str': handleOf(device, handles) }, 'stream');
      return ['-netdev', options, ...card(id, index, uuid)];
    }
    case 'folder-9p': {
      const { readOnly, tag } = device;
      const path = `/proc/self/fd/${handleOf(device, handles)}`;
      const options = { id: `folder${index}`, path, security_model: 'none', multidevs: 'remap' };
      return [
        ...['-fsdev', optionList({ ...options, readonly: readOnly }, 'local')],
        ...one({ id, fsdev: options.id, mount_tag: tag }, 'virtio-9p-pci'),
      ];
    }
    case 'folder-virtiofs': {
      const chardev = `folder${index}`;
      return [
        '-chardev',
        optionList({ id: chardev, path: device.socketPath }, 'socket'),
        ...one({ id, chardev, tag: device.tag }, 'vhost-user-fs-pci'),
      ];
    }
  }
}

/** The network card. Its address follows from the machine, so that a guest keeps it; nothing boots from it. */
function card(id: string, index: number, uuid: string): string[] {
  const bytes = createHash('sha256').update(`${uuid} ${index}`).digest().subarray(0, 3);
  const mac = `52:54:00:${[...bytes].map((b) => b.toString(16).padStart(2, '0')).join(':')}`;
  return ['-device', optionList({ id, netdev: `net${index}`, mac, romfile: '' }, 'virtio-net-pci')];
}

function handleOf(device: Device, handles: readonly MachineHandle[]): number {
  const found = handles.find((handle) => handle.device === device);
  if (found === undefined) throw wrongMachine(`a ${device.kind} without a descriptor`);
  return found.fd;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
