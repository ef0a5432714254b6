// Which packages the settings of mkosi ask for, by part: those of the image as image/mkosi has them, and those of
// the two small systems beside it. mkosi is asked, so that its way of reading settings counts.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import type { Target } from './architecture.ts';
import type { Wanted } from './lock.ts';
import { scratchFolder } from './repository.ts';
import type { Tools } from './tools.ts';

type Settings = { readonly Image: string | null; readonly Packages: readonly string[] };

/** The lists for the settings in `settingsDir`. `cacheDir` is where the tools may work. */
export async function readWanted(
  tools: Tools,
  target: Target,
  cacheDir: string,
  settingsDir: string,
  signal?: AbortSignal,
): Promise<Omit<Wanted, 'tools'>> {
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
  const command = ['mkosi', '--directory', work, '--json', 'summary'];
  const output = await tools.run(work, command, { signal });
  const { Images } = JSON.parse(output.toString()) as { readonly Images: readonly Settings[] };
  const of = (image: string | null) => {
    const found = Images.find(({ Image }) => (Image ?? 'main') === (image ?? 'main'));
    if (found !== undefined) return found.Packages;
    throw new RayError(
      'IMAGE_BROKEN',
      `mkosi does not say which packages ${image ?? 'the image'} has`,
    );
  };
  return { image: of(null), initrd: of('initrd'), recovery: of('recovery') };
}
