// A built image on disk: a folder `<cache>/<recipe>.<key>`, which never changes once it is there. Several
// lie side by side; `<cache>/<recipe>` is a link to the newest. A folder is valid when its manifest is
// there and the sizes are right.

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Recipe } from '../recipe.ts';

/** What an image was made of, and how it is started; kept beside it as manifest.json. */
export type Manifest = {
  readonly recipe: string;
  /** Hash of the recipe's and the builder's own files. */
  readonly recipeKey: string;
  readonly built: string;
  readonly builtInMs: number;
  readonly builtBy: string;
  readonly suite: string;
  /** False where the machine's apt sources name no archive of security updates. */
  readonly hasSecurityUpdates: boolean;
  readonly kernelVersion: string;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  readonly disk?: ImageDisk;
  readonly files: Readonly<Record<string, { readonly sizeBytes: number; readonly sha256: string }>>;
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  }[];
};

/** The disk that a guest's own begins with; `file` is a name in the image's folder. */
export type ImageDisk = {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
  readonly virtualBytes: number;
};

export type GuestImage = {
  readonly recipe: string;
  /** Names this very build among those of the recipe, for ever; what guests with a disk are pinned to. */
  readonly key: string;
  readonly directory: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
  /** Never written to: a guest's own disk is an overlay of it. */
  readonly disk?: ImageDisk;
  readonly manifest: Manifest;
  readonly memoryMiB: number;
  readonly cpus: number;
};

export const kernelFile = 'vmlinux';
export const initrdFile = 'initrd.img';
export const diskFile = 'system.qcow2';
export const manifestFile = 'manifest.json';

/** The form of a key: the recipe's hash, and when it was built. */
export const keyForm = /^[0-9a-f]{16}-[0-9a-z]{1,16}$/;

/** The newest image of `recipe`, if it is whole and made from the recipe with this hash. */
export function readNewest(
  recipe: Recipe,
  cacheDir: string,
  recipeKey: string,
): GuestImage | undefined {
  try {
    const image = readFolder(recipe.name, realpathSync(join(cacheDir, recipe.name)));
    return image?.manifest.recipeKey === recipeKey ? image : undefined;
  } catch {
    return undefined;
  }
}

/** The image with this key, if it is whole, whatever the recipe is like now. */
export function readKept(recipe: string, cacheDir: string, key: string): GuestImage | undefined {
  if (!keyForm.test(key)) return undefined;
  return readFolder(recipe, join(cacheDir, `${recipe}.${key}`));
}

function readFolder(recipe: string, directory: string): GuestImage | undefined {
  const key = basename(directory).slice(recipe.length + 1);
  if (!keyForm.test(key)) return undefined;
  try {
    const manifest = JSON.parse(readFileSync(join(directory, manifestFile), 'utf8')) as Manifest;
    const { commandLine, memoryMiB, cpus, disk } = manifest;
    for (const name of [kernelFile, initrdFile, ...(disk === undefined ? [] : [disk.file])])
      if (statSync(join(directory, name)).size !== manifest.files[name]?.sizeBytes)
        return undefined;
    return {
      recipe,
      key,
      directory,
      kernel: join(directory, kernelFile),
      initrd: join(directory, initrdFile),
      commandLine,
      ...(disk !== undefined && { disk: { ...disk, file: join(directory, disk.file) } }),
      manifest,
      memoryMiB,
      cpus,
    };
  } catch {
    // Missing, unreadable or garbled: in each case the answer is to build it.
    return undefined;
  }
}
