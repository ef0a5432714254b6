// A guest's disks: made when it first starts, from the image that its recipe has then, and with it for good.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type GuestDisk, RayError } from '../contracts/index.ts';
import { makeDirectory } from '../foundation/index.ts';
import {
  createDisk,
  type DiskFile,
  readQcow2,
  resizeDisk,
  resizeLiveDisk,
} from '../hypervisor/index.ts';
import type { BootImage } from './machine.ts';
import type { Places } from './places.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';
import type { DiskSpec } from './spec.ts';

/** Keeps an image from being swept while a guest needs it. */
export type Pins = {
  pin(recipe: string, key: string, id: string): void;
  unpin(recipe: string, key: string, id: string): void;
};

/** The image that a guest's disks began with; undefined before it has any. */
export function baseKey({ spec }: Pick<GuestRow, 'spec'>): string | undefined {
  return spec.disks.find(({ base }) => base !== undefined)?.base;
}

/**
 * The disks of a guest that starts for the first time, made on its image's; what it has already, else. The
 * image is pinned first and the registry written last (by the caller): a stop in between makes them anew.
 * A guest whose image has no disk is pinned as well: what it is suspended to names that build's kernel.
 */
export async function ensureDisks(
  row: GuestRow,
  image: BootImage | undefined,
  places: Places,
  pins: Pins,
  signal: AbortSignal,
): Promise<readonly DiskSpec[]> {
  const { disks } = row.spec;
  if (disks.length > 0 || image?.key === undefined) return disks;
  pins.pin(row.recipe, image.key, row.id);
  if (image.disk === undefined) return disks;
  makeDirectory(places.disksDir);
  const { file, format, virtualBytes } = image.disk;
  const system: DiskSpec = {
    name: 'system',
    file: 'system.qcow2',
    format: 'qcow2',
    bus: 'virtio',
    base: image.key,
  };
  const overlay = join(places.disksDir, system.file);
  await createDisk({ file: overlay, base: { file, format } }, virtualBytes, signal);
  return [system];
}

/** A disk's file, with what is under it. */
export function diskFileOf(disk: DiskSpec, image: BootImage | undefined, places: Places): DiskFile {
  const file = join(places.disksDir, disk.file);
  if (disk.base === undefined) return { file };
  if (image?.disk === undefined)
    throw new RayError('IMAGE_MISSING', `the image that the disk ${disk.name} began with is gone`);
  return { file, base: { file: image.disk.file, format: image.disk.format } };
}

/** Enlarges the disk of that name, or the only one. Throws GUEST_CANNOT, GUEST_SUSPENDED. */
export async function resizeDiskOf(
  row: GuestRow,
  running: RunningGuest | undefined,
  name: string | undefined,
  sizeBytes: number,
  { places, image }: { places: Places; image(recipe: string, key?: string): Promise<BootImage> },
): Promise<GuestDisk> {
  const { disks } = row.spec;
  const disk = name === undefined ? disks[0] : disks.find((one) => one.name === name);
  if (disk === undefined || (name === undefined && disks.length > 1))
    throw new RayError('GUEST_CANNOT', `${row.title} has no such disk`, {
      remedy: `Its disks: ${disks.map((one) => one.name).join(', ') || 'none yet; they are made when it first starts'}.`,
    });
  if (row.saved !== undefined)
    throw new RayError('GUEST_SUSPENDED', `${row.title} is suspended`, { guest: row.name });
  const before = describeDisks(row, places).find((one) => one.name === disk.name);
  if (before !== undefined && sizeBytes < before.sizeBytes)
    throw new RayError(
      'GUEST_CANNOT',
      `the disk ${disk.name} has ${before.sizeBytes} bytes already`,
      {
        remedy: 'A disk is only made larger: making it smaller would cut off what is in it.',
      },
    );
  if (running !== undefined) await resizeLiveDisk(running.qemu.qmp, disk.name, sizeBytes);
  else {
    const base = disk.base === undefined ? undefined : await image(row.recipe, disk.base);
    await resizeDisk(diskFileOf(disk, base, places), sizeBytes, new AbortController().signal);
  }
  const after = describeDisks(row, places).find((one) => one.name === disk.name);
  if (after === undefined) throw new RayError('INTERNAL', 'a disk has vanished');
  return after;
}

/** Disks as people see them; one whose file is not there, or not whole, has no bytes. */
export function describeDisks({ spec }: Pick<GuestRow, 'spec'>, places: Places): GuestDisk[] {
  return spec.disks.map(({ name, file, format }) => {
    const path = join(places.disksDir, file);
    const found = statSync(path, { throwIfNoEntry: false });
    return {
      name,
      format: format === 'raw' ? 'raw' : 'qcow2',
      sizeBytes: found === undefined ? 0 : virtualBytesOf(path, format, found.size),
      usedBytes: found === undefined ? 0 : found.blocks * 512,
      readOnly: false,
      file: path,
    };
  });
}

function virtualBytesOf(path: string, format: DiskSpec['format'], sizeBytes: number): number {
  if (format === 'raw') return sizeBytes;
  try {
    return readQcow2(path).virtualBytes;
  } catch {
    return 0;
  }
}
