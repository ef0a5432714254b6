// RayOS's production packages for the processor of the image. What is the same everywhere is taken as it is
// installed here; what is compiled for another processor is fetched, and has to be what package-lock.json says.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { remove } from '../../guest-images/build/namespace.ts';
import { runWell } from '../../guest-images/build/run.ts';
import { RayError } from '../../src/contracts/index.ts';
import type { Target } from './architecture.ts';
import { putInPlace } from './durable.ts';
import { npmLicence } from './licences.ts';
import type { NpmPackage } from './sbom.ts';

const lockFile = join(import.meta.dirname, '../../package-lock.json');

/** An entry of package-lock.json, by its path (`node_modules/…`). */
export type LockedPackage = {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  /** A name, or several; one that begins with `!` is excluded. */
  readonly cpu?: string | readonly string[];
  readonly os?: string | readonly string[];
  readonly libc?: string | readonly string[];
};

export type Lock = { readonly packages: Readonly<Record<string, LockedPackage>> };

export type ChosenPackage = {
  /** Where it belongs: `node_modules/…`. */
  readonly path: string;
  readonly locked: LockedPackage;
  /** Its files are for one processor. */
  readonly isCompiled: boolean;
};

/** The packages that are not for development alone, and fit a Linux with glibc on this processor. */
export function packagesFor(lock: Lock, { npm }: Pick<Target, 'npm'>): ChosenPackage[] {
  return Object.entries(lock.packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true)
    .filter(([, { os }]) => fits('linux', os))
    .filter(([, { cpu, libc }]) => fits(npm, cpu) && fits('glibc', libc))
    .map(([path, locked]) => ({ path, locked, isCompiled: locked.cpu !== undefined }));
}

/** As npm reads these fields: without one, everywhere. */
function fits(here: string, wanted: string | readonly string[] | undefined): boolean {
  if (wanted === undefined) return true;
  const words = typeof wanted === 'string' ? [wanted] : wanted;
  if (words.includes(`!${here}`)) return false;
  const named = words.filter((word) => !word.startsWith('!'));
  return named.length === 0 || named.includes(here);
}

export type Compiled = {
  /** Node's executable; undefined: the one that runs here. */
  readonly node: string | undefined;
  /** The packages' folders, by their path in package-lock.json. */
  readonly folders: ReadonlyMap<string, string>;
};

/** Fetches what is compiled for `target` and therefore not installed here. */
export async function fetchCompiled(
  target: Target,
  cacheDir: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Compiled> {
  const folders = new Map<string, string>();
  if (target.npm === process.arch) return { node: undefined, folders };
  onProgress({ step: 'fetching npm packages' });
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as Lock;
  for (const chosen of packagesFor(lock, target))
    if (chosen.isCompiled) folders.set(chosen.path, await fetchPackage(chosen, cacheDir, signal));
  const node = folders.get(`node_modules/node-linux-${target.npm}`);
  if (node === undefined)
    throw new RayError('IMAGE_BROKEN', `package-lock.json has no Node for ${target.npm}`);
  return { node: join(node, 'bin/node'), folders };
}

/** Unpacks a package into `cacheDir`, unless it is there. Gives its folder; nothing of it is ever run. */
export async function fetchPackage(
  { path, locked }: ChosenPackage,
  cacheDir: string,
  signal?: AbortSignal,
): Promise<string> {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const { version, integrity } = locked;
  if (version === undefined || integrity === undefined)
    throw new RayError('IMAGE_BROKEN', `package-lock.json does not say what ${name} has to be`);
  const home = join(cacheDir, 'npm');
  const key = createHash('sha256').update(integrity).digest('hex').slice(0, 12);
  const folder = join(home, `${name.replaceAll('/', '+')}-${version}-${key}`);
  if (existsSync(folder)) return folder;
  mkdirSync(home, { recursive: true });
  for (const left of readdirSync(home)) if (left.startsWith('.')) remove(join(home, left));
  const work = mkdtempSync(join(home, '.fetch-'));
  const pack = ['pack', `${name}@${version}`, '--ignore-scripts', '--silent'];
  await runWell('npm', [...pack, '--pack-destination', work], { signal, cwd: home });
  const archive = readdirSync(work).find((file) => file.endsWith('.tgz'));
  if (archive === undefined) throw new RayError('IMAGE_MISSING', `npm fetched no ${name}`);
  if (!isIntact(readFileSync(join(work, archive)), integrity))
    throw new RayError('IMAGE_BROKEN', `${name} is not what package-lock.json says it is`, {
      remedy: 'Look at which registry npm asks (npm config get registry), then build again.',
    });
  const unpacked = join(work, 'package');
  mkdirSync(unpacked);
  const unpack = ['--no-same-owner', '--strip-components=1', '-C', unpacked];
  await runWell('tar', ['-xzf', join(work, archive), ...unpack], { signal });
  await putInPlace(unpacked, folder, signal);
  remove(work);
  return folder;
}

/** Whether these bytes have the hash of a package-lock.json: `sha512-` and base64. */
export function isIntact(bytes: Uint8Array, integrity: string): boolean {
  const wanted = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(integrity)?.[1];
  return createHash('sha512').update(bytes).digest('base64') === wanted;
}

/** The packages of package-lock.json that are below `home`, with their licences. */
export function npmPackagesIn(home: string): NpmPackage[] {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as Lock;
  return Object.entries(lock.packages).flatMap(([path, { version, integrity }]) => {
    const file = join(home, path, 'package.json');
    if (path === '' || version === undefined || !existsSync(file)) return [];
    const { license } = JSON.parse(readFileSync(file, 'utf8')) as { readonly license?: unknown };
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licences = npmLicence(license);
    return [{ name, version, ...(integrity && { integrity }), ...(licences && { licences }) }];
  });
}
