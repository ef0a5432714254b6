// Each device's arguments. `index` is its place in the list, and makes its ids unique.

import type { Device, MachineConfig } from './config.ts';
import { optionList, wrongMachine } from './escape.ts';

/** The names of QEMU's devices that a kind needs; the probe asks for them. */
export const qemuDevices = {
  'virtio-gpu': 'virtio-gpu-pci',
  'virtio-vga': 'virtio-vga',
  'virtio-keyboard': 'virtio-keyboard-pci',
  'virtio-tablet': 'virtio-tablet-pci',
  'virtio-serial-port': 'virtserialport',
  'virtio-rng': 'virtio-rng-pci',
  vga: 'VGA',
  'virtio-multitouch': 'virtio-multitouch-pci',
  'usb-tablet': 'usb-tablet',
  sound: 'virtio-sound-pci',
  disk: 'virtio-blk-pci',
  cdrom: 'ide-cd',
  'network-user': 'virtio-net-pci',
  'network-socket': 'virtio-net-pci',
  'folder-9p': 'virtio-9p-pci',
  'folder-virtiofs': 'vhost-user-fs-pci',
} as const satisfies Record<Device['kind'], string>;

export function deviceArguments(
  device: Device,
  index: number,
  display: MachineConfig['display'],
): string[] {
  const name = qemuDevices[device.kind];
  const id = `device${index}`;
  switch (device.kind) {
    case 'virtio-gpu':
    case 'virtio-vga': {
      const { width, height, heads } = display;
      return ['-device', optionList({ id, max_outputs: heads, xres: width, yres: height }, name)];
    }
    case 'virtio-keyboard':
    case 'virtio-tablet':
    case 'virtio-rng':
      return ['-device', optionList({ id }, name)];
    case 'virtio-serial-port': {
      const port = { id, bus: 'serial0.0', chardev: `port${index}`, name: device.name };
      return ['-device', optionList(port, name)];
    }
    case 'disk': {
      const drive = device.name;
      const blockdev = optionList({
        driver: device.format,
        'node-name': drive,
        'read-only': device.readOnly,
        'file.driver': 'file',
        'file.filename': device.path,
      });
      return ['-blockdev', blockdev, '-device', optionList({ id, drive }, name)];
    }
    default:
      throw wrongMachine(`a device of the kind ${device.kind}, which is not built yet`);
  }
}
