// A guest's disks: made when it first starts, from the image that its recipe has then, and with it for good.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type GuestDisk, RayError } from '../contracts/index.ts';
import { makeDirectory } from '../foundation/index.ts';
import { createDisk, type DiskFile, readQcow2 } from '../hypervisor/index.ts';
import type { BootImage } from './machine.ts';
import type { Places } from './places.ts';
import type { GuestRow } from './registry.ts';
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
 */
export async function ensureDisks(
  row: GuestRow,
  image: BootImage,
  places: Places,
  pins: Pins,
  signal: AbortSignal,
): Promise<readonly DiskSpec[]> {
  const { disks } = row.spec;
  if (disks.length > 0 || image.disk === undefined || image.key === undefined) return disks;
  pins.pin(row.recipe, image.key, row.id);
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
