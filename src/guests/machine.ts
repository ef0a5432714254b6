// The machine that a guest runs on: what its specification lists, and nothing else.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Probe, RayError } from '../contracts/index.ts';
import {
  type Boot,
  type Device,
  isSupported,
  type MachineConfig,
  needFirmware,
} from '../hypervisor/index.ts';
import { variablesFile } from './belongings.ts';
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
export type Recipe = {
  readonly title: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Its guests begin with a sound card. */
  readonly sound?: boolean;
};

export const screen = { width: 1280, height: 800 } as const;

/**
 * x86-64-v2 with AES: named, so that a saved state finds the same processor in every QEMU from 7.2 on, and
 * of features that TCG and every KVM host of the last fifteen years have.
 */
const cpuModel = 'qemu64,-svm,+aes,+popcnt,+pni,+sse4.1,+sse4.2,+ssse3';

export const agentPort = 'org.rayos.agent';
export const clipboardPort = 'org.rayos.clipboard';

/** Whether a guest boots from a recipe's image. */
export function needsImage({ spec }: Pick<GuestRow, 'spec'>): boolean {
  return spec.firmware === 'kernel' && spec.kernel === undefined;
}

/** What the machine below can do. */
export type Host = Pick<Probe, 'accelerator' | 'devices'>;

/** `image`: the recipe's, for a guest that needs one. Throws NOT_ON_THIS_HOST without UEFI firmware. */
export function machineOf(
  row: GuestRow,
  image: BootImage | undefined,
  places: Places,
  host: Host,
): MachineConfig {
  return {
    name: row.name,
    uuid: row.id,
    accelerator: host.accelerator,
    cpus: row.cpus,
    memoryMiB: row.memoryMiB,
    machineType: 'pc-q35-7.2',
    cpuModel,
    boot: bootOf(row, image, places),
    display: { ...screen, heads: row.spec.heads },
    devices: [
      ...devicesOf(row.spec, places),
      ...touchOf(row.spec, host),
      ...disksOf(row, image, places),
      ...discOf(row.spec),
    ],
    qmpSocket: places.qmpSocket,
    serialSocket: places.serialSocket,
    sandbox: true,
    startPaused: true,
  };
}

function bootOf({ spec, title }: GuestRow, image: BootImage | undefined, places: Places): Boot {
  const own = (file: string) => join(places.disksDir, file);
  if (spec.firmware === 'bios') return { kind: 'firmware' };
  if (spec.firmware === 'uefi')
    return { kind: 'uefi', code: needFirmware().code, variables: own(variablesFile) };
  if (spec.kernel !== undefined) {
    const { file, initrd, commandLine } = spec.kernel;
    const ram = initrd === undefined ? {} : { initrd: own(initrd) };
    return { kind: 'kernel', kernel: own(file), ...ram, commandLine };
  }
  if (image === undefined)
    throw new RayError('IMAGE_MISSING', `the image that ${title} boots from is missing`);
  const { kernel, initrd, commandLine } = image;
  return { kind: 'kernel', kernel, initrd, commandLine };
}

/** The guest's disks, on what they began with. */
function disksOf({ spec }: GuestRow, image: BootImage | undefined, places: Places): Device[] {
  return spec.disks.map(({ name, file, format, bus, base }) => ({
    kind: 'disk',
    name,
    bus: bus === 'sata' ? 'sata' : 'virtio',
    path: join(places.disksDir, file),
    format: format === 'raw' ? 'raw' : 'qcow2',
    readOnly: false,
    ...(base === undefined || image?.disk === undefined
      ? {}
      : { backing: { path: image.disk.file, format: image.disk.format } }),
    ...(spec.limits.diskMiBPerSecond === undefined
      ? {}
      : { bytesPerSecond: spec.limits.diskMiBPerSecond * 2 ** 20 }),
  }));
}

/** A disc that is not there any more leaves an empty drive: what was installed from it still starts. */
function discOf({ cdrom }: GuestRow['spec']): Device[] {
  if (cdrom === undefined) return [];
  return [{ kind: 'cdrom', name: 'disc', ...(existsSync(cdrom) ? { path: cdrom } : {}) }];
}

/** The devices of a guest's machine beside its drives: no network among them. */
export function devicesOf(
  spec: GuestRow['spec'],
  places: Pick<Places, 'agentSocket' | 'clipboardSocket'>,
): readonly Device[] {
  return [
    { kind: spec.display },
    ...pointersOf(spec),
    { kind: 'virtio-rng' },
    { kind: 'virtio-serial-port', name: agentPort, socketPath: places.agentSocket },
    ...(spec.sound ? [{ kind: 'sound' } as const] : []),
    { kind: 'virtio-serial-port', name: clipboardPort, socketPath: places.clipboardSocket },
  ];
}

/** A guest of ours has virtio drivers. Any other has PS/2 keys, which every machine has, and a USB tablet. */
function pointersOf({ display }: GuestRow['spec']): readonly Device[] {
  if (display !== 'virtio-gpu') return [{ kind: 'usb-tablet' }];
  return [{ kind: 'virtio-keyboard' }, { kind: 'virtio-tablet' }];
}

/** A touch screen, for a guest whose drivers are ours, where QEMU has one (8.1 and newer). */
function touchOf({ display }: GuestRow['spec'], { devices }: Host): readonly Device[] {
  if (display !== 'virtio-gpu' || !isSupported('virtio-multitouch', devices)) return [];
  return [{ kind: 'virtio-multitouch' }];
}

/** Whether fingers reach a machine as fingers. */
export function hasTouch(machine: MachineConfig | undefined): boolean {
  return machine?.devices.some(({ kind }) => kind === 'virtio-multitouch') === true;
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
      return device.path === undefined ? 'CD drive, empty' : `CD drive with ${device.path}`;
    case 'network-user':
    case 'network-socket':
      return 'virtio network card';
    case 'folder-9p':
      return `shared folder ${device.tag}${device.readOnly ? ', read-only' : ''}`;
    case 'folder-virtiofs':
      return `shared folder ${device.tag}`;
  }
}
