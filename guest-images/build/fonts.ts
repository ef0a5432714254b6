// The font cache of the image, made by the image's own fc-cache. Without it every program of the guest
// looks into every font file when it starts.

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Tree } from '../tree/tree.ts';
import { runWell } from './run.ts';

const cacheFolder = 'var/cache/fontconfig';
const libraries = 'usr/lib/x86_64-linux-gnu';

/**
 * Puts font cache files into `tree`. `packages` are the unpacked packages. The cache names each folder
 * with its time, so folders get the time that they will have in the guest. A guest without fonts gets none.
 */
export async function addFontCache(
  packages: string,
  scratch: string,
  tree: Tree,
  mtime: number,
  signal?: AbortSignal,
): Promise<void> {
  if (!tree.has('etc/fonts')) return;
  const stage = mkdtempSync(join(scratch, 'fonts-'));
  const inStage = tree
    .entries()
    .filter((e) => /^(etc\/fonts|usr\/share\/(fonts|fontconfig))/.test(e.path));
  for (const entry of inStage) {
    const path = join(stage, entry.path);
    mkdirSync(entry.kind === 'directory' ? path : dirname(path), { recursive: true });
    if (entry.kind === 'file') writeFileSync(path, entry.content());
  }
  for (const entry of inStage.filter((e) => e.kind !== 'link'))
    utimesSync(join(stage, entry.path), mtime, mtime);
  mkdirSync(join(stage, cacheFolder), { recursive: true });
  const loader = join(packages, 'usr/lib64/ld-linux-x86-64.so.2');
  await runWell(
    loader,
    [
      '--library-path',
      join(packages, libraries),
      join(packages, 'usr/bin/fc-cache'),
      '-f',
      '-y',
      stage,
    ],
    { signal },
  );
  for (const name of readdirSync(join(stage, cacheFolder)))
    tree.file(`${cacheFolder}/${name}`, readFileSync(join(stage, cacheFolder, name)));
}
