// Guest images: the recipes of the guests that RayOS builds itself, and their builder. Uses the machine's
// apt and dpkg-deb, contracts and foundation; needs no root. An image is either whole or not there.

import { join } from 'node:path';
import { RayError } from '../src/contracts/index.ts';
import { paths } from '../src/foundation/index.ts';
import { benchGuest } from './bench-guest/recipe.ts';
import { build, type OnProgress } from './build/builder.ts';
import { type GuestImage, readImage } from './build/image.ts';
import { imageKey } from './build/key.ts';
import { lockCache, openCache, sweep } from './build/workspace.ts';
import type { Recipe } from './recipe.ts';
import { rescueDesktop } from './rescue-desktop/recipe.ts';

export type { OnProgress, Progress } from './build/builder.ts';
export type { GuestImage, Manifest } from './build/image.ts';
export type { Recipe } from './recipe.ts';

/** Every guest that RayOS can build, by name. */
export const recipes: ReadonlyMap<string, Recipe> = new Map(
  [rescueDesktop, benchGuest].map((recipe) => [recipe.name, recipe]),
);

/** Where images are kept unless said otherwise. */
export function imagesFolder(): string {
  return join(paths().cacheDir, 'guest-images');
}

/** The built image, if it is there, whole, and made from the recipe as it is now. Takes some milliseconds. */
export function findGuestImage(
  recipe: string,
  options: { readonly cacheDir?: string } = {},
): GuestImage | undefined {
  const known = recipeCalled(recipe);
  return readImage(known, options.cacheDir ?? imagesFolder(), imageKey(known.name));
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
  const before = findGuestImage(recipe, { cacheDir });
  if (before !== undefined && options.force !== true) return before;

  openCache(cacheDir);
  using _lock = await lockCache(
    cacheDir,
    () => onProgress({ step: 'waiting for another build to end' }),
    options.signal,
  );
  const meanwhile = findGuestImage(recipe, { cacheDir });
  const isNew = meanwhile?.directory !== before?.directory;
  if (meanwhile !== undefined && (isNew || options.force !== true)) return meanwhile;

  sweep(cacheDir, known.name);
  await build(known, cacheDir, imageKey(known.name), onProgress, options.signal);
  const image = findGuestImage(recipe, { cacheDir });
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
