// The peer: a plain Debian 13 with systemd and sshd, made by the same tools as RayOS's image (mkosi), with the
// same loader, kernel and initrd modules. Its other packages are those of the day that it was made.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type DebianArchive,
  findDebianArchive,
  readSources,
} from '../../guest-images/archive/sources.ts';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { targetFor } from '../../image/build/architecture.ts';
import type { Archive } from '../../image/build/archive.ts';
import type { LockedPackage } from '../../image/build/lock.ts';
import { lockFile } from '../../image/build/packages.ts';
import { openImageCache, prepareTools } from '../../image/build/prepare.ts';
import { makeRepository } from '../../image/build/repository.ts';
import { paths } from '../../src/foundation/index.ts';
import { peerSettings } from './peer-settings.ts';

const recipeFile = join(import.meta.dirname, '../../image/mkosi/mkosi.conf');
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The raw image; it is built when it is not there as RayOS's kernel, tools and recipe are. */
export async function plainDebian(
  say: (words: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const target = targetFor('x86_64');
  const cacheDir = join(paths().cacheDir, target.cache);
  const home = join(cacheDir, 'plain-debian');
  const image = join(home, 'plain-debian.raw');
  const made = join(home, 'made-from');
  const lock = readFileSync(lockFile(target.architecture), 'utf8');
  const { text, kernel } = peerSettings(readFileSync(recipeFile, 'utf8'), lock);
  if (existsSync(image) && existsSync(made) && readFileSync(made, 'utf8') === text) return image;
  const archive = findDebianArchive(readSources());
  if (archive === undefined) throw new Error('no apt source names a Debian archive');
  const onProgress = eachStep(say);
  using _lock = await openImageCache(cacheDir, onProgress, signal);
  const { tools, ownArchive } = await prepareTools(target, cacheDir, 'drift', onProgress, signal);
  rmSync(home, { recursive: true, force: true });
  const stage = join(home, 'stage');
  stagePeer(home, stage, text, archive);
  await bringKernel(home, kernel, ownArchive, onProgress, signal);
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

function stagePeer(home: string, stage: string, text: string, archive: DebianArchive): void {
  for (const folder of ['mkosi-cache', 'packages', 'workspace'])
    mkdirSync(join(home, folder), { recursive: true });
  const sources = join(stage, 'mkosi.sandbox/etc/apt/sources.list.d');
  mkdirSync(sources, { recursive: true });
  writeFileSync(join(stage, 'mkosi.conf'), text);
  writeFileSync(join(sources, 'mkosi.sources'), aptSources(archive));
}

/** Debian's archive with what security has mended, and the folder with RayOS's kernel. */
export function aptSources({ main, security }: DebianArchive): string {
  const suite = (uri: string, name: string) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${name}\nComponents: main\nSigned-By: ${keyring}\n`;
  return [
    'Types: deb\nURIs: file:/var/cache/apt/archives\nSuites: ./\nTrusted: yes\n',
    suite(main, 'trixie'),
    ...(security === undefined ? [] : [suite(security, 'trixie-security')]),
  ].join('\n');
}

/** The archive may have a newer one by now: the file that the lock names, where mkosi shows apt its folder. */
async function bringKernel(
  home: string,
  kernel: LockedPackage,
  archive: Archive,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<void> {
  const gone = await archive.fetch([kernel], onProgress);
  if (gone.length > 0)
    throw new Error(`the archive no longer has ${kernel.name} ${kernel.version}`);
  const folder = join(home, 'packages/cache/apt/archives');
  await makeRepository(folder, [kernel], archive, onProgress, signal);
}
