// The machine that a guest of a recipe runs on: only these devices, no network.

import { join } from 'node:path';
import type { Device, MachineConfig } from '../hypervisor/index.ts';
import type { Places } from './places.ts';
import type { GuestRow } from './registry.ts';

/** A built guest image, as guest-images/ makes it. */
export type BootImage = {
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
  /** Which build it is: a guest with a disk stays with the one that its disk began with. */
  readonly key?: string;
  /** What the guest's own disk begins with. */
  readonly disk?: {
    readonly file: string;
    readonly format: 'qcow2' | 'raw';
    readonly virtualBytes: number;
  };
};

/** What a guest gets unless it was created otherwise. */
export type Recipe = { readonly title: string; readonly memoryMiB: number; readonly cpus: number };

export const screen = { width: 1280, height: 800 } as const;

/**
 * x86-64-v2 with AES: named, so that a saved state finds the same processor in every QEMU from 7.2 on, and
 * of features that TCG and every KVM host of the last fifteen years have.
 */
const cpuModel = 'qemu64,-svm,+aes,+popcnt,+pni,+sse4.1,+sse4.2,+ssse3';

export const agentPort = 'org.rayos.agent';
export const clipboardPort = 'org.rayos.clipboard';

export function machineOf(
  row: GuestRow,
  image: BootImage,
  places: Places,
  accelerator: 'kvm' | 'tcg',
): MachineConfig {
  return {
    name: row.name,
    uuid: row.id,
    accelerator,
    cpus: row.cpus,
    memoryMiB: row.memoryMiB,
    machineType: 'pc-q35-7.2',
    cpuModel,
    boot: {
      kind: 'kernel',
      kernel: image.kernel,
      initrd: image.initrd,
      commandLine: image.commandLine,
    },
    display: { ...screen, heads: row.spec.heads },
    devices: [...devicesOf(places), ...disksOf(row, image, places)],
    qmpSocket: places.qmpSocket,
    serialSocket: places.serialSocket,
    sandbox: true,
    startPaused: true,
  };
}

/** The guest's disks, on what they began with. */
function disksOf({ spec }: GuestRow, image: BootImage, places: Places): Device[] {
  return spec.disks.map(({ name, file, format, bus, base }) => ({
    kind: 'disk',
    name,
    bus: bus === 'sata' ? 'sata' : 'virtio',
    path: join(places.disksDir, file),
    format: format === 'raw' ? 'raw' : 'qcow2',
    readOnly: false,
    ...(base === undefined || image.disk === undefined
      ? {}
      : { backing: { path: image.disk.file, format: image.disk.format } }),
    ...(spec.limits.diskMiBPerSecond === undefined
      ? {}
      : { bytesPerSecond: spec.limits.diskMiBPerSecond * 2 ** 20 }),
  }));
}

/** The devices that every guest's machine has: no network among them. */
export function devicesOf(
  places: Pick<Places, 'agentSocket' | 'clipboardSocket'>,
): readonly Device[] {
  return [
    { kind: 'virtio-gpu' },
    { kind: 'virtio-keyboard' },
    { kind: 'virtio-tablet' },
    { kind: 'virtio-rng' },
    { kind: 'virtio-serial-port', name: agentPort, socketPath: places.agentSocket },
    { kind: 'virtio-serial-port', name: clipboardPort, socketPath: places.clipboardSocket },
  ];
}

/** A device, as people read of it. */
export function wordsOf(device: Device): string {
  switch (device.kind) {
    case 'virtio-gpu':
    case 'virtio-vga':
    case 'vga':
      return `${device.kind}, ${screen.width}×${screen.height}`;
    case 'virtio-keyboard':
      return 'virtio keyboard';
    case 'virtio-tablet':
      return 'virtio tablet (absolute pointer)';
    case 'virtio-multitouch':
      return 'virtio touch screen';
    case 'usb-tablet':
      return 'USB tablet (absolute pointer)';
    case 'virtio-rng':
      return 'virtio random numbers';
    case 'virtio-serial-port':
      return `virtio-serial port ${device.name}`;
    case 'sound':
      return 'sound card (out)';
    case 'disk':
      return `${device.bus} disk ${device.name}, ${device.format}${device.readOnly ? ', read-only' : ''}`;
    case 'cdrom':
      return `CD drive with ${device.path}`;
    case 'network-user':
    case 'network-socket':
      return 'virtio network card';
    case 'folder-9p':
      return `shared folder ${device.tag}${device.readOnly ? ', read-only' : ''}`;
    case 'folder-virtiofs':
      return `shared folder ${device.tag}`;
  }
}
