// Unpacks verified packages into one folder. No maintainer script of a package ever runs.

import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import type { Package } from '../archive/apt.ts';
import { runWell, throwIfAborted } from './run.ts';

const parallel = 2;

/** Unpacks every package below `folder`; `onFraction` gets 0 to 1 by size. */
export async function unpack(
  packages: readonly Package[],
  folder: string,
  onFraction: (fraction: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const total = packages.reduce((sum, p) => sum + p.sizeBytes, 0);
  const queue = [...packages].sort((a, b) => b.sizeBytes - a.sizeBytes);
  let done = 0;
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      throwIfAborted(signal);
      await runWell('dpkg-deb', ['-x', next.file, folder], { signal });
      done += next.sizeBytes;
      onFraction(done / total);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

/** Packages that no build has wanted for this long are not kept. */
const keepMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Removes from the kept packages what is not as the signed index says, and what has long been unwanted.
 * apt itself trusts a kept file by its size alone.
 */
export async function tidyDownloads(packages: readonly Package[]): Promise<void> {
  const first = packages[0];
  if (first === undefined) return;
  const folder = dirname(first.file);
  const now = new Date();
  for (const p of packages) {
    if (!existsSync(p.file)) continue;
    if ((await sha256(p.file)) === p.sha256) utimesSync(p.file, now, now);
    else rmSync(p.file, { force: true });
  }
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (name.endsWith('.deb') && now.getTime() - statSync(file).mtimeMs > keepMs)
      rmSync(file, { force: true });
  }
}

/** Checks every fetched package against the signed index. Throws IMAGE_BROKEN. */
export async function verify(packages: readonly Package[]): Promise<void> {
  for (const p of packages) {
    if (!existsSync(p.file))
      throw new RayError('IMAGE_BROKEN', `apt-get fetched no ${basename(p.file)}`);
    if ((await sha256(p.file)) !== p.sha256)
      throw new RayError('IMAGE_BROKEN', `${p.name} is not what the signed index says`);
  }
}

export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
