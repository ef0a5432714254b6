// Guest images: the recipes of the guests that RayOS builds itself, and their builder. Uses the machine's
// apt and dpkg-deb (and mmdebstrap for those with a disk), contracts and foundation; needs no root. An image
// is either whole or not there, never changes, and stays as long as a guest is pinned to it.

import { join } from 'node:path';
import { RayError } from '../src/contracts/index.ts';
import { paths } from '../src/foundation/index.ts';
import { benchGuest } from './bench-guest/recipe.ts';
import { build, type OnProgress } from './build/builder.ts';
import { type GuestImage, keyForm, readKept, readNewest } from './build/image.ts';
import { imageKey } from './build/key.ts';
import { type Pinner, removePin, writePin } from './build/pins.ts';
import { lockCache, openCache, sweep } from './build/workspace.ts';
import { linuxDesktop } from './linux-desktop/recipe.ts';
import type { Recipe } from './recipe.ts';
import { rescueDesktop } from './rescue-desktop/recipe.ts';

export type { OnProgress, Progress } from './build/builder.ts';
export type { GuestImage, ImageDisk, Manifest } from './build/image.ts';
export type { Pinner } from './build/pins.ts';
export type { Recipe } from './recipe.ts';

/** Every guest that RayOS can build, by name. */
export const recipes: ReadonlyMap<string, Recipe> = new Map(
  [linuxDesktop, rescueDesktop, benchGuest].map((recipe) => [recipe.name, recipe]),
);

/** Where images are kept unless said otherwise. */
export function imagesFolder(): string {
  return join(paths().cacheDir, 'guest-images');
}

/**
 * The built image, if it is there and whole: the newest, made from the recipe as it is now; or with `key`
 * that very build, whatever has become of the recipe. Takes some milliseconds.
 */
export function findGuestImage(
  recipe: string,
  options: { readonly cacheDir?: string; readonly key?: string } = {},
): GuestImage | undefined {
  const known = recipeCalled(recipe);
  const cacheDir = options.cacheDir ?? imagesFolder();
  if (options.key !== undefined) return readKept(known.name, cacheDir, options.key);
  return readNewest(known, cacheDir, imageKey(known.name));
}

/**
 * Keeps an image for a guest until `unpinImage`, or until the guest's folder is gone. Durable when it
 * returns. Throws IMAGE_MISSING when there is no such image (any more): pin first, then make the disk.
 */
export function pinImage(
  recipe: string,
  key: string,
  pinner: Pinner & { readonly cacheDir?: string },
): void {
  const cacheDir = pinner.cacheDir ?? imagesFolder();
  const name = `${recipeCalled(recipe).name}.${checked(key)}`;
  writePin(cacheDir, name, pinner);
  // Looked at afterwards, so that no sweep can come between.
  if (readKept(recipe, cacheDir, key) !== undefined) return;
  removePin(cacheDir, name, pinner);
  throw new RayError('IMAGE_MISSING', `the image ${name} that this guest began with is not here`);
}

/** Takes the pin away; nothing happens when there is none. */
export function unpinImage(
  recipe: string,
  key: string,
  pinner: Pinner & { readonly cacheDir?: string },
): void {
  const name = `${recipeCalled(recipe).name}.${checked(key)}`;
  removePin(pinner.cacheDir ?? imagesFolder(), name, pinner);
}

function checked(key: string): string {
  if (keyForm.test(key)) return key;
  throw new RayError('IMAGE_MISSING', `${JSON.stringify(key)} is not the key of an image`);
}

/**
 * Returns the image, building it first if it is missing, broken or out of date (or `force`). Does not
 * touch the network otherwise. Two at once: the second waits and takes the first one's result.
 * Throws NOT_ON_THIS_HOST, STATE_UNWRITABLE, IMAGE_MISSING (packages cannot be had), IMAGE_BROKEN,
 * CANCELLED; none of them leaves anything half-made.
 */
export async function buildGuestImage(
  recipe: string,
  options: {
    readonly cacheDir?: string;
    readonly force?: boolean;
    readonly onProgress?: OnProgress;
    readonly signal?: AbortSignal;
  } = {},
): Promise<GuestImage> {
  const known = recipeCalled(recipe);
  const cacheDir = options.cacheDir ?? imagesFolder();
  const onProgress = options.onProgress ?? (() => {});
  // Asked once: a builder whose own files are edited meanwhile still makes what it began to make.
  const recipeKey = imageKey(known.name);
  const before = readNewest(known, cacheDir, recipeKey);
  if (before !== undefined && options.force !== true) return before;

  openCache(cacheDir);
  using _lock = await lockCache(
    cacheDir,
    () => onProgress({ step: 'waiting for another build to end' }),
    options.signal,
  );
  const meanwhile = readNewest(known, cacheDir, recipeKey);
  const isNew = meanwhile?.directory !== before?.directory;
  if (meanwhile !== undefined && (isNew || options.force !== true)) return meanwhile;

  sweep(cacheDir, known.name);
  await build(known, cacheDir, recipeKey, onProgress, options.signal);
  const image = readNewest(known, cacheDir, recipeKey);
  if (image === undefined)
    throw new RayError('IMAGE_BROKEN', `the image ${recipe} was built and is not whole`);
  return image;
}

function recipeCalled(name: string): Recipe {
  const recipe = recipes.get(name);
  if (recipe === undefined)
    throw new RayError(
      'BAD_REQUEST',
      `there is no guest image called ${name} (there are: ${[...recipes.keys()].join(', ')})`,
      {
        command: 'guest',
        known: [...recipes.keys()].join(', '),
      },
    );
  return recipe;
}
