// The disks of a test machine: overlays, so that an image is never written and one image serves many machines.

import { execFile } from 'node:child_process';
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { optionList } from '../../src/hypervisor/index.ts';
import { type DiskReader, openDisk } from './disk-reader.ts';
import type { DiskOptions } from './options.ts';

const run = promisify(execFile);

export type Disk = {
  readonly options: DiskOptions;
  /** A qcow2, on `options.image` if there is one. */
  readonly overlay: string;
  /** Where writes are recorded, in the form of dm-log-writes. */
  readonly log?: string;
};

const sectorBytes = 512;

/** Makes a disk's files in `folder`. */
export async function makeDisk(options: DiskOptions, folder: string): Promise<Disk> {
  const { name, image, sizeMiB } = options;
  if (!/^[a-z][a-z0-9-]{0,19}$/.test(name)) throw new Error(`${name} is no name of a disk`);
  if (image === undefined && sizeMiB === undefined)
    throw new Error(`the disk ${name} has neither an image nor a size`);
  const overlay = join(folder, `${name}.qcow2`);
  const base = image === undefined ? [] : ['-b', image, '-F', 'raw'];
  const size = sizeMiB === undefined ? [] : [`${sizeMiB}M`];
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...base, overlay, ...size]);
  if (options.isRecorded !== true) return { options, overlay };
  const log = join(folder, `${name}.log`);
  writeFileSync(log, '');
  truncateSync(log, 0);
  return { options, overlay, log };
}

/** Lets `change` write to a disk that no machine uses; the overlay then begins with what it has left. */
export async function changeDisk(
  { options, overlay, log }: Disk,
  folder: string,
  change: (disk: DiskReader) => Promise<void>,
): Promise<void> {
  if (log !== undefined) throw new Error('a disk that is recorded is changed by its machine alone');
  const raw = join(mkdtempSync(join(folder, `${options.name}-`)), 'disk.raw');
  await run('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', overlay, raw]);
  {
    await using disk = openDisk(raw);
    await change(disk);
  }
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', raw, '-F', 'raw', overlay]);
}

/** The arguments of QEMU for a disk that firmware tries at this place. */
export function diskArguments(disk: Disk, bootIndex: number): string[] {
  const { name, bus } = disk.options;
  const overlay = {
    driver: 'qcow2',
    'node-name': disk.log === undefined ? name : `${name}-disk`,
    discard: 'unmap',
    'file.driver': 'file',
    'file.filename': disk.overlay,
  };
  const device = { drive: name, bootindex: bootIndex, id: `device-${name}` };
  return [
    ...['-blockdev', optionList(overlay)],
    ...(disk.log === undefined ? [] : ['-blockdev', recorder(name, disk.log)]),
    ...(bus === 'virtio' ? ['-device', optionList(device, 'virtio-blk-pci')] : []),
    ...(bus === 'nvme' ? ['-device', optionList({ ...device, serial: name }, 'nvme')] : []),
    ...(bus === 'usb'
      ? ['-device', optionList({ ...device, bus: 'usb.0', removable: true }, 'usb-storage')]
      : []),
  ];
}

/**
 * The filter that records. Its count of entries is written after each of them, so that a QEMU that is killed
 * leaves a whole record; a later power on begins it anew.
 */
function recorder(name: string, log: string): string {
  return optionList({
    driver: 'blklogwrites',
    'node-name': name,
    file: `${name}-disk`,
    'log.driver': 'file',
    'log.filename': log,
    'log-sector-size': sectorBytes,
    'log-super-update-interval': 1,
    'log-append': false,
  });
}
