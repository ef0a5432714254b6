// A built image on disk: `<cache>/<recipe>` is a link to the folder of the newest build, so that it
// changes from whole to whole. A folder is valid when its manifest is there and the sizes are right.

import { readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Recipe } from '../recipe.ts';

/** What an image was made of; kept beside it as manifest.json. */
export type Manifest = {
  readonly recipe: string;
  /** Hash of the recipe's and the builder's own files: another key means another image. */
  readonly key: string;
  readonly built: string;
  readonly builtInMs: number;
  readonly builtBy: string;
  readonly suite: string;
  /** False where the machine's apt sources name no archive of security updates. */
  readonly hasSecurityUpdates: boolean;
  readonly kernelVersion: string;
  readonly files: Readonly<Record<string, { readonly sizeBytes: number; readonly sha256: string }>>;
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly sha256: string;
  }[];
};

export type GuestImage = {
  readonly recipe: string;
  readonly directory: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly commandLine: string;
  readonly manifest: Manifest;
  readonly memoryMiB: number;
  readonly cpus: number;
};

export const kernelFile = 'vmlinux';
export const initrdFile = 'initrd.img';
export const manifestFile = 'manifest.json';

/** The image of `recipe` with this key; undefined when there is none or it is not whole. */
export function readImage(recipe: Recipe, cacheDir: string, key: string): GuestImage | undefined {
  try {
    const directory = realpathSync(join(cacheDir, recipe.name));
    const manifest = JSON.parse(readFileSync(join(directory, manifestFile), 'utf8')) as Manifest;
    if (manifest.key !== key) return undefined;
    for (const name of [kernelFile, initrdFile])
      if (statSync(join(directory, name)).size !== manifest.files[name]?.sizeBytes)
        return undefined;
    return {
      recipe: recipe.name,
      directory,
      kernel: join(directory, kernelFile),
      initrd: join(directory, initrdFile),
      commandLine: recipe.commandLine,
      manifest,
      memoryMiB: recipe.memoryMiB,
      cpus: recipe.cpus,
    };
  } catch {
    // Missing, unreadable or garbled: in each case the answer is to build it.
    return undefined;
  }
}
