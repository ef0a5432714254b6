// The peer: a plain Debian 13 with systemd and sshd, made by the same tools as RayOS's image (mkosi), of the same
// packages, with the same loader, kernel and initrd modules.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { targetFor } from '../../image/build/architecture.ts';
import type { Archive } from '../../image/build/archive.ts';
import { idOf, type Lock, type LockedPackage, parseLock } from '../../image/build/lock.ts';
import { lockFile } from '../../image/build/packages.ts';
import { openImageCache, prepareTools } from '../../image/build/prepare.ts';
import { makeRepository } from '../../image/build/repository.ts';
import { paths } from '../../src/foundation/index.ts';
import { peerNames, peerSettings } from './peer-settings.ts';

const recipeFile = join(import.meta.dirname, '../../image/mkosi/mkosi.conf');
/** The folder that mkosi shows apt as its cache, and nothing else. Each file in it was verified. */
const aptSources = 'Types: deb\nURIs: file:/var/cache/apt/archives\nSuites: ./\nTrusted: yes\n';

/** The raw image; it is built when it is not there as RayOS's lock and recipe are. */
export async function plainDebian(
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const target = targetFor('x86_64');
  const cacheDir = join(paths().cacheDir, target.cache);
  const home = join(cacheDir, 'plain-debian');
  const image = join(home, 'plain-debian.raw');
  const made = join(home, 'made-from');
  const lock = parseLock(readFileSync(lockFile(target.architecture), 'utf8'));
  const text = peerSettings(readFileSync(recipeFile, 'utf8'), lock);
  if (existsSync(image) && existsSync(made) && readFileSync(made, 'utf8') === text) return image;
  const onProgress = eachStep(say);
  using _lock = await openImageCache(cacheDir, onProgress, signal);
  const { tools, ownArchive } = await prepareTools(target, cacheDir, 'drift', onProgress, signal);
  rmSync(home, { recursive: true, force: true });
  const stage = join(home, 'stage');
  stagePeer(home, stage, text);
  const packages = await peerPackages(lock, ownArchive, onProgress);
  const repository = join(home, 'packages/cache/apt/archives');
  await makeRepository(repository, packages, ownArchive, onProgress, signal);
  say('building a plain Debian 13');
  const onLine = (line: string) => {
    if (process.env.RAYOS_IMAGE_LOG !== undefined) process.stderr.write(`${line}\n`);
  };
  const build = ['mkosi', '--directory', stage, '-f', 'build'];
  await tools.run(cacheDir, build, { signal, onLine });
  await tools.run(cacheDir, ['mv', join(stage, 'output/plain-debian.raw'), image], { signal });
  writeFileSync(made, text);
  return image;
}

/** Says a step when it begins, and not how far it is. */
function eachStep(say: (words: string) => void): OnProgress {
  let last = '';
  return ({ step }) => {
    if (step !== last) say(step);
    last = step;
  };
}

function stagePeer(home: string, stage: string, text: string): void {
  for (const folder of ['mkosi-cache', 'packages', 'workspace'])
    mkdirSync(join(home, folder), { recursive: true });
  const sources = join(stage, 'mkosi.sandbox/etc/apt/sources.list.d');
  mkdirSync(sources, { recursive: true });
  writeFileSync(join(stage, 'mkosi.conf'), text);
  writeFileSync(join(sources, 'mkosi.sources'), aptSources);
}

/**
 * What the peer is made of, fetched and verified: RayOS's own packages as its lock names them, and what it does
 * not have as the archive has it today, security's updates included.
 */
export async function peerPackages(
  lock: Lock,
  archive: Archive,
  onProgress: OnProgress,
): Promise<LockedPackage[]> {
  const own = lock.packages.filter(({ parts }) =>
    parts.some((p) => p === 'image' || p === 'initrd'),
  );
  const ids = new Set(own.map(idOf));
  const today = await archive.resolve({ image: peerNames }, onProgress);
  const all = [...own, ...today.filter((p) => !ids.has(idOf(p)))];
  const gone = await archive.fetch(all, onProgress);
  if (gone.length === 0) return all;
  const names = gone.map(({ name, version }) => `${name} ${version}`).join(', ');
  throw new Error(`the archive no longer has ${names}: npm run image -- --update-lock`);
}
