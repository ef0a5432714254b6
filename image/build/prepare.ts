// What a build begins with: the tools tree, and the packages of the image and its initrd, each fetched, verified
// against the lock, and in the one archive that mkosi installs from.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import type { Building } from '../../guest-images/build/command.ts';
import { lockCache, openCache } from '../../guest-images/build/workspace.ts';
import { paths } from '../../src/foundation/index.ts';
import { type Architecture, type Target, targetFor } from './architecture.ts';
import { openArchive } from './archive.ts';
import { needBuildHost } from './host.ts';
import { type Drift, driftOf, type LockedPackage, parseLock } from './lock.ts';
import { driftWords, type LockMode, type LockState, lockFile, openChoice } from './packages.ts';
import { makeImageRepository } from './repository.ts';
import { makeTools, type Tools, toolNames } from './tools.ts';
import { readWanted } from './wanted.ts';
import { inWordsOfTheImage } from './words.ts';

const settingsDir = join(import.meta.dirname, '../mkosi');

export type Prepared = {
  readonly tools: Tools;
  /** Of the image and its initrd. */
  readonly packages: readonly LockedPackage[];
  readonly state: LockState;
};

/** The tools tree alone. The caller holds the lock of the cache. */
export async function prepareTools(
  target: Target,
  cacheDir: string,
  mode: LockMode,
  onProgress: OnProgress,
  signal?: AbortSignal,
) {
  const choice = openChoice(lockFile(target.architecture), mode);
  const ownArchive = openArchive(join(cacheDir, 'apt'), 'amd64', signal);
  const packages = await choice.choose(ownArchive, { tools: toolNames(target) }, onProgress);
  const tools = await makeTools(cacheDir, ownArchive, packages, target, onProgress, signal);
  return { tools, choice, ownArchive };
}

/** The caller holds the lock of the cache. */
export async function prepare(
  target: Target,
  cacheDir: string,
  mode: LockMode,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Prepared> {
  const before = await prepareTools(target, cacheDir, mode, onProgress, signal);
  const { tools, choice, ownArchive } = before;
  const wanted = await readWanted(tools, target, cacheDir, settingsDir, signal);
  const archive =
    target.debian === 'amd64'
      ? ownArchive
      : openArchive(join(cacheDir, `apt-${target.debian}`), target.debian, signal);
  const packages = await choice.choose(archive, wanted, onProgress);
  await makeImageRepository(cacheDir, packages, archive, onProgress, signal);
  const state = choice.finish();
  if (state.lock === 'drifted') onProgress({ step: driftWords(state) });
  return { tools, packages, state };
}

export type UpdatedLock = {
  readonly file: string;
  readonly packages: number;
  readonly changed: readonly Drift[];
};

/** Makes the lock of what the archive has now. */
export async function updateLock(
  architecture: Architecture,
  building: Building,
): Promise<UpdatedLock> {
  return await inWordsOfTheImage(() => update(architecture, building));
}

async function update(
  architecture: Architecture,
  { onProgress, signal }: Building,
): Promise<UpdatedLock> {
  const target = targetFor(architecture);
  const cacheDir = join(paths().cacheDir, target.cache);
  using _lock = await openImageCache(cacheDir, onProgress, signal);
  const file = lockFile(architecture);
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  await prepare(target, cacheDir, 'update', onProgress, signal);
  const { packages } = parseLock(readFileSync(file, 'utf8'));
  const old = before === undefined ? undefined : readable(before);
  return { file, packages: packages.length, changed: old ? driftOf(old, packages) : [] };
}

/** A lock that is broken is replaced, and nothing is said of what was in it. */
function readable(text: string) {
  try {
    return parseLock(text);
  } catch {
    return undefined;
  }
}

/** The image's folder in the cache, for one build at a time. Throws NOT_ON_THIS_HOST where nothing can be built. */
export async function openImageCache(
  cacheDir: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Disposable> {
  await needBuildHost(signal);
  openCache(cacheDir);
  const onWait = () => onProgress({ step: 'waiting for another build of the image' });
  return await lockCache(cacheDir, onWait, signal);
}
