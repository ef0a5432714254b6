// The build's folders in the cache: one builder at a time, a temporary folder beside the target, one
// rename at the end, and no leftovers of builders that died.

import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  statfsSync,
  symlinkSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import { makeDirectory, sleep, syncDirectory, takeLock } from '../../src/foundation/index.ts';
import { remove } from './namespace.ts';
import { isPinned } from './pins.ts';

const pollMs = 250;

/** The cache folder, there and readable by everybody (QEMU runs as another user). */
export function openCache(cacheDir: string): void {
  makeDirectory(cacheDir, 0o755);
  try {
    chmodSync(cacheDir, 0o755);
  } catch (cause) {
    throw unwritable(cacheDir, cause);
  }
}

/** Waits until no other builder is at work. `onWait` is called once, when there is one. */
export async function lockCache(
  cacheDir: string,
  onWait: () => void,
  signal?: AbortSignal,
): Promise<Disposable> {
  const path = join(cacheDir, '.lock');
  for (let waited = false; ; waited = true) {
    const lock = takeLock(path);
    if (lock !== undefined) return lock;
    if (!waited) onWait();
    await sleep(pollMs, signal);
  }
}

/**
 * Removes what dead builders left, and images that are neither the newest nor pinned. Under the lock.
 */
export function sweep(cacheDir: string, recipe: string): void {
  const current = (() => {
    try {
      return readlinkSync(join(cacheDir, recipe));
    } catch {
      return undefined;
    }
  })();
  for (const name of readdirSync(cacheDir)) {
    const isLeftover = name.startsWith(`.${recipe}.`);
    const isOldImage = name.startsWith(`${recipe}.`) && name !== current;
    if (isLeftover || (isOldImage && !isPinned(cacheDir, name))) remove(join(cacheDir, name));
  }
}

/** A temporary folder for one build; gone when it is disposed of, whatever happened. */
export function makeWorkspace(cacheDir: string, recipe: string): Disposable & { path: string } {
  try {
    const path = mkdtempSync(join(cacheDir, `.${recipe}.build-`));
    return { path, [Symbol.dispose]: () => remove(path) };
  } catch (cause) {
    throw unwritable(cacheDir, cause);
  }
}

/** Makes `folder` (in the cache, synced by the caller) the newest image of `recipe`, from one moment to the next. */
export function publish(cacheDir: string, recipe: string, folder: string, key: string): string {
  const target = join(cacheDir, `${recipe}.${key}`);
  const link = join(cacheDir, `.${recipe}.link-${key}`);
  chmodSync(folder, 0o755);
  renameSync(folder, target);
  symlinkSync(basename(target), link);
  renameSync(link, join(cacheDir, recipe));
  syncDirectory(cacheDir);
  return target;
}

/** Says before the work, rather than in the middle of it, that there is too little room. */
export function needRoom(cacheDir: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(cacheDir);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const mib = (n: number) => `${Math.ceil(n / 1024 / 1024)} MiB`;
  throw new RayError(
    'STATE_UNWRITABLE',
    `building the guest image needs ${mib(bytes)} in ${cacheDir} and only ${mib(free)} are free`,
    { path: cacheDir, neededBytes: bytes, freeBytes: free },
  );
}

function unwritable(path: string, cause: unknown): RayError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RayError('STATE_UNWRITABLE', `cannot write ${path}: ${reason}`, { path }, cause);
}
