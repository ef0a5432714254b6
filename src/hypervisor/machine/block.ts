// Disks and CD drives. A disk's name is the name of its block node, so that snapshots and resizes of any
// version of RayOS find it. A guest whose disk cannot be written (full, broken) is stopped, never told lies.

import type { Device } from './config.ts';
import { optionList, wrongMachine } from './escape.ts';
import { type MachineFile, nameForQemu } from './files.ts';

type Disk = Extract<Device, { kind: 'disk' }>;
type Cdrom = Extract<Device, { kind: 'cdrom' }>;

/** Where a drive stands among the others. */
export type BlockPlace = {
  /** Order in which firmware tries it: 0 is first. */
  readonly bootIndex: number;
  /** Port of the machine's own AHCI controller, for drives that hang there. */
  readonly sataPort: number;
};

/** Ports of the AHCI controller that every q35 has. */
const sataPorts = 6;
const onFault = { werror: 'stop', rerror: 'stop' };

/** Where each drive of the list stands: disks before CDs, each in the order of the list, from `first`. */
export function blockPlaces(devices: readonly Device[], first = 0): Map<Device, BlockPlace> {
  const disks = devices.filter(({ kind }) => kind === 'disk');
  const drives = [...disks, ...devices.filter(({ kind }) => kind === 'cdrom')];
  const places = new Map<Device, BlockPlace>();
  let sataPort = 0;
  for (const [bootIndex, drive] of drives.entries()) {
    const isSata = drive.kind === 'cdrom' || (drive.kind === 'disk' && drive.bus === 'sata');
    places.set(drive, { bootIndex: first + bootIndex, sataPort: isSata ? sataPort++ : 0 });
  }
  if (sataPort > sataPorts)
    throw wrongMachine(`${sataPort} SATA drives, where there is room for ${sataPorts}`);
  return places;
}

export function diskArguments(
  disk: Disk,
  id: string,
  place: BlockPlace,
  files: readonly MachineFile[],
): string[] {
  checkName(disk.name);
  const { bytesPerSecond } = disk;
  const device = { id, drive: disk.name, ...onFault, bootindex: place.bootIndex };
  const format = optionList({
    driver: disk.format,
    'node-name': disk.name,
    'read-only': disk.readOnly,
    ...(disk.readOnly ? {} : { discard: 'unmap' }),
    'file.driver': 'file',
    'file.filename': nameForQemu(files, disk.path),
    ...backingOptions(disk, files),
  });
  const limit = bytesPerSecond === undefined ? [] : throttle(disk.name, bytesPerSecond);
  if (bytesPerSecond !== undefined) device.drive = limitedName(disk.name);
  return [
    ...['-blockdev', format],
    ...limit,
    '-device',
    disk.bus === 'sata'
      ? optionList({ ...device, bus: `ide.${place.sataPort}` }, 'ide-hd')
      : optionList(device, 'virtio-blk-pci'),
  ];
}

/** What is under the disk; for a qcow2 without a base this says that there is none, whatever it says itself. */
function backingOptions(
  { backing, format }: Disk,
  files: readonly MachineFile[],
): Record<string, string> {
  if (backing === undefined) return format === 'qcow2' ? { backing: '' } : {};
  return {
    'backing.driver': backing.format,
    'backing.file.driver': 'file',
    'backing.file.filename': nameForQemu(files, backing.path),
  };
}

export function cdromArguments(
  cdrom: Cdrom,
  id: string,
  place: BlockPlace,
  files: readonly MachineFile[],
): string[] {
  checkName(cdrom.name);
  const device = { id, bus: `ide.${place.sataPort}`, bootindex: place.bootIndex };
  if (cdrom.path === undefined) return ['-device', optionList(device, 'ide-cd')];
  const medium = optionList({
    driver: 'raw',
    'node-name': cdrom.name,
    'read-only': true,
    'file.driver': 'file',
    'file.filename': nameForQemu(files, cdrom.path),
  });
  return ['-blockdev', medium, '-device', optionList({ ...device, drive: cdrom.name }, 'ide-cd')];
}

/** A filter before the disk that lets so many bytes a second through, each way. */
function throttle(name: string, bytesPerSecond: number): string[] {
  if (!Number.isSafeInteger(bytesPerSecond) || bytesPerSecond < 1)
    throw wrongMachine(`a disk of ${bytesPerSecond} bytes a second`);
  const group = `${name}-limit`;
  const limits = { 'x-bps-read': bytesPerSecond, 'x-bps-write': bytesPerSecond };
  const filter = { driver: 'throttle', 'node-name': limitedName(name), 'throttle-group': group };
  return [
    ...['-object', optionList({ id: group, ...limits }, 'throttle-group')],
    ...['-blockdev', optionList({ ...filter, file: name })],
  ];
}

const limitedName = (name: string) => `${name}-limited`;

/** QEMU's rule for names of block nodes, and room for what is derived from them (31 bytes at most). */
function checkName(name: string): void {
  if (!/^[A-Za-z][A-Za-z0-9._-]{0,22}$/.test(name))
    throw wrongMachine(`${JSON.stringify(name)} as the name of a disk`);
}
