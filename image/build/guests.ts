// The guests that lie in the image, so that a desktop needs no network: each as guest-images/ built it, in the
// read-only system. A disk among them is packed (QEMU unpacks what it reads) and used in place, as the backing
// file of a guest's own disk.

import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { imageKey } from '../../guest-images/build/key.ts';
import { run, runWell } from '../../guest-images/build/run.ts';
import { sha256 } from '../../guest-images/build/unpack.ts';
import { buildGuestImage, type GuestImage, type Manifest } from '../../guest-images/index.ts';
import { RayError } from '../../src/contracts/index.ts';
import type { Target } from './architecture.ts';
import { putInPlace } from './durable.ts';

/** A guest image as it lies in the image. */
export type PackedGuest = {
  readonly manifest: Manifest;
  /** Hash of the files, which stands in its name instead of the time of the build. */
  readonly hash: string;
  /** Where each of its files is now, by its name there. */
  readonly files: ReadonlyMap<string, string>;
};

/** Builds the guests unless they are there, and packs their disks; `cacheDir` keeps these. */
export async function packGuests(
  { guests }: Target,
  cacheDir: string,
  epoch: number,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<PackedGuest[]> {
  const packed: PackedGuest[] = [];
  for (const recipe of guests) {
    const image = await buildGuestImage(recipe, { onProgress, ...(signal && { signal }) });
    packed.push(await pack(image, join(cacheDir, 'guest-disks'), epoch, onProgress, signal));
  }
  const kept = new Set(packed.flatMap(({ files }) => [...files.values()].map((p) => basename(p))));
  const folder = join(cacheDir, 'guest-disks');
  if (existsSync(folder))
    for (const name of readdirSync(folder)) if (!kept.has(name)) rmSync(join(folder, name));
  return packed;
}

async function pack(
  image: GuestImage,
  folder: string,
  epoch: number,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<PackedGuest> {
  const files = new Map<string, string>();
  const described: Record<string, { sizeBytes: number; sha256: string }> = {};
  for (const [file, { sizeBytes, sha256 }] of Object.entries(image.manifest.files)) {
    files.set(file, join(image.directory, file));
    described[file] = { sizeBytes, sha256 };
  }
  const disk = image.manifest.disk?.file;
  const before = disk === undefined ? undefined : image.manifest.files[disk];
  if (disk !== undefined && before !== undefined) {
    const path = join(folder, `${before.sha256}.qcow2`);
    if (!existsSync(path)) {
      onProgress({ step: `packing the disk of ${image.recipe}` });
      await packDisk(join(image.directory, disk), path, signal);
    }
    files.set(disk, path);
    described[disk] = { sizeBytes: statSync(path).size, sha256: await sha256(path) };
  }
  const sums = Object.entries(described).map(([file, d]) => `${d.sha256} ${file}\n`);
  const hash = createHash('sha256').update(sums.sort().join('')).digest('hex').slice(0, 12);
  return {
    // When and how long it was built would make two images of the same content differ.
    manifest: {
      ...image.manifest,
      built: new Date(epoch * 1000).toISOString(),
      builtInMs: 0,
      files: described,
    },
    hash,
    files,
  };
}

/** One writer and in order, so that the same disk is packed into the same bytes. */
async function packDisk(from: string, to: string, signal?: AbortSignal): Promise<void> {
  mkdirSync(dirname(to), { recursive: true });
  const unfinished = `${to}.unfinished`;
  const options = ['-m', '1', '-c', '-f', 'qcow2', '-O', 'qcow2', '-o', 'compression_type=zstd'];
  await runWell('qemu-img', ['convert', ...options, from, unfinished], { signal });
  const { code } = await run('qemu-img', ['compare', '-q', from, unfinished], { signal });
  if (code !== 0)
    throw new RayError('IMAGE_BROKEN', `${from} is not the same once it is packed`, {});
  await putInPlace(unfinished, to, signal);
}

/**
 * The guests under the keys by which the RayOS in the image looks for them: those of the recipes as they lie in its
 * own folder `guestImages`, where their types are stripped.
 */
export function keyedAsIn(guestImages: string, guests: readonly PackedGuest[]): PackedGuest[] {
  return guests.map((guest) => {
    const recipeKey = imageKey(guest.manifest.recipe, guestImages);
    return { ...guest, manifest: { ...guest.manifest, recipeKey } };
  });
}

/** Lays them below `extra`; links in the cache folder, made at boot, lead to them. */
export function copyGuests(extra: string, guests: readonly PackedGuest[]): void {
  const links = [
    'd /var/cache/rayos 0755 rayos rayos -',
    'd /var/cache/rayos/guest-images 0755 rayos rayos -',
  ];
  // Guests of one kernel have it once.
  const there = new Map<string, string>();
  for (const { manifest, hash: content, files } of guests) {
    const name = `${manifest.recipe}.${manifest.recipeKey}-${content}`;
    const at = join('usr/share/rayos/guest-images', name);
    mkdirSync(join(extra, at), { recursive: true });
    for (const [file, from] of files) {
      const to = join(extra, at, file);
      const hash = manifest.files[file]?.sha256 ?? file;
      const same = there.get(hash);
      if (same === undefined) copyFileSync(from, to);
      else linkSync(same, to);
      there.set(hash, to);
    }
    writeFileSync(join(extra, at, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    links.push(
      `L+ /var/cache/rayos/guest-images/${name} - - - - /${at}`,
      `L+ /var/cache/rayos/guest-images/${manifest.recipe} - - - - ${name}`,
    );
  }
  const target = join(extra, 'usr/lib/tmpfiles.d/rayos-guest-images.conf');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, `${links.join('\n')}\n`);
}
