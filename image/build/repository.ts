// The locked packages as an apt archive of their own: a folder with their files and one index. mkosi and
// mmdebstrap install from it and from nothing else, so that a build has what the lock says.

import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { remove } from '../../guest-images/build/namespace.ts';
import { runWell } from '../../guest-images/build/run.ts';
import { writeDurable } from '../../src/foundation/index.ts';
import type { Archive } from './archive.ts';
import { syncContents } from './durable.ts';
import type { LockedPackage } from './lock.ts';
import { packagesKey } from './packages.ts';

/** How many dpkg-deb run at once. */
const width = 4;

/** Makes the archive in `folder`, anew. The packages have been fetched and verified. */
export async function makeRepository(
  folder: string,
  packages: readonly LockedPackage[],
  archive: Archive,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const stanzas: string[] = [];
  for (let at = 0; at < packages.length; at += width) {
    onProgress({ step: 'indexing the packages', fraction: at / packages.length });
    const some = packages.slice(at, at + width);
    stanzas.push(...(await Promise.all(some.map((p) => stanzaOf(archive.fileOf(p), p, signal)))));
    for (const p of some) linkSync(archive.fileOf(p), join(folder, basename(archive.fileOf(p))));
  }
  writeFileSync(join(folder, 'Packages'), stanzas.join('\n'));
}

/**
 * The archive that mkosi installs from, in the folder that it takes packages from (`packages`, see stage.ts).
 * What mkosi kept of other packages goes.
 */
export async function makeImageRepository(
  cacheDir: string,
  packages: readonly LockedPackage[],
  archive: Archive,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  const mark = join(cacheDir, 'packages/.key');
  const key = packagesKey(packages);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === key) return;
  for (const name of ['packages', 'mkosi-cache']) remove(join(cacheDir, name));
  const folder = join(cacheDir, 'packages/cache/apt/archives');
  await makeRepository(folder, packages, archive, onProgress, signal);
  await syncContents(folder, signal);
  writeDurable(mark, key, { mode: 0o644 });
}

/** A folder that is gone when it is disposed of. What a killed build left goes first. */
export function scratchFolder(
  parent: string,
  prefix: string,
): Disposable & { readonly path: string } {
  for (const name of readdirSync(parent)) if (name.startsWith(prefix)) remove(join(parent, name));
  const path = mkdtempSync(join(parent, prefix));
  return { path, [Symbol.dispose]: () => remove(path) };
}

/** What the index says of one package: its own words, and where and what its file is. */
async function stanzaOf(file: string, { sha256 }: LockedPackage, signal?: AbortSignal) {
  const control = (await runWell('dpkg-deb', ['--field', file], { signal })).toString().trimEnd();
  const { size } = statSync(file);
  return `${control}\nFilename: ./${basename(file)}\nSize: ${size}\nSHA256: ${sha256}\n`;
}
