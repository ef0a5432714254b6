// Which packages the settings of mkosi ask for: those of the image as image/mkosi has them, and those of the
// initrd, which mkosi itself brings a list of. mkosi is asked, so that its way of reading settings counts.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import type { Target } from './architecture.ts';
import { scratchFolder } from './repository.ts';
import type { Tools } from './tools.ts';

type Settings = {
  readonly Packages: readonly string[];
  readonly InitrdPackages: readonly string[];
};

export type WantedByImage = {
  readonly image: readonly string[];
  readonly initrd: readonly string[];
};

/** The lists for the settings in `settingsDir`. `cacheDir` is where the tools may work. */
export async function readWanted(
  tools: Tools,
  target: Target,
  cacheDir: string,
  settingsDir: string,
  signal?: AbortSignal,
): Promise<WantedByImage> {
  using scratch = scratchFolder(cacheDir, '.wanted-');
  const work = scratch.path;
  cpSync(settingsDir, work, { recursive: true });
  mkdirSync(join(work, 'cache'));
  // mkosi refuses to read settings that lack these.
  const local = [
    ...['[Distribution]', `Architecture=${target.mkosi}`],
    ...['[Output]', 'ImageVersion=0', '[Build]', 'CacheDirectory=cache', ''],
  ];
  writeFileSync(join(work, 'mkosi.local.conf'), local.join('\n'));
  const image = await summary(tools, work, ['--directory', work], signal);
  const system = [
    '--distribution',
    'debian',
    '--release',
    'trixie',
    '--architecture',
    target.mkosi,
  ];
  const own = ['--directory', '', ...system, '--include', 'mkosi-initrd'];
  const initrd = await summary(tools, work, own, signal);
  return { image: image.Packages, initrd: [...initrd.Packages, ...image.InitrdPackages] };
}

async function summary(
  tools: Tools,
  work: string,
  options: readonly string[],
  signal?: AbortSignal,
): Promise<Settings> {
  const output = await tools.run(work, ['mkosi', ...options, '--json', 'summary'], { signal });
  const { Images } = JSON.parse(output.toString()) as { readonly Images: readonly Settings[] };
  const settings = Images.at(-1);
  if (settings === undefined)
    throw new RayError('IMAGE_BROKEN', 'mkosi does not say which packages its settings ask for');
  return settings;
}
