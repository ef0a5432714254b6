// What mkosi is given: its settings, and the tree that is laid over the packages. The tree is image/tree (which
// mirrors the target), RayOS itself at /usr/lib/rayos, its production packages, Node, and the guest image.

import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DebianArchive } from '../../guest-images/archive/sources.ts';
import { remove } from '../../guest-images/build/namespace.ts';
import type { GuestImage } from '../../guest-images/index.ts';
import { RayError } from '../../src/contracts/index.ts';
import type { Target } from './architecture.ts';
import { isForTests, ownFiles } from './inputs.ts';
import { type Lock, packagesFor } from './npm-packages.ts';
import { stageSmallSystems } from './small-systems.ts';

const root = join(import.meta.dirname, '../..');
const home = 'usr/lib/rayos';

export type Staging = {
  readonly target: Target;
  /** What the output's files are called. */
  readonly name: string;
  readonly version: string;
  /** Seconds since 1970: the newest time that any file of the image has. */
  readonly epoch: number;
  readonly archive: DebianArchive;
  readonly keyring: string;
  readonly guestImage: GuestImage;
  readonly node: string;
  /** Folders of packages that are not as they are installed here, by their path in package-lock.json. */
  readonly compiledPackages: ReadonlyMap<string, string>;
};

/** Fills the empty folder `work` for mkosi. */
export function stage(work: string, staging: Staging): void {
  cpSync(join(root, 'image/mkosi'), work, { recursive: true });
  const sources = join(work, 'mkosi.sandbox/etc/apt/sources.list.d/mkosi.sources');
  write(sources, aptSources(staging.archive, staging.keyring));
  write(join(work, 'mkosi.local.conf'), localSettings(staging));
  const extra = join(work, 'mkosi.extra');
  cpSync(join(root, 'image/tree'), extra, { recursive: true, verbatimSymlinks: true });
  copyOwnFiles(join(extra, home), staging.version);
  copyPackages(join(extra, home), staging);
  copyNode(join(extra, home), staging);
  copyGuestImage(extra, staging.guestImage);
  stageSmallSystems(work, staging.version);
}

/** Removes what an earlier staging left; caches stay. */
export function clearStage(work: string): void {
  remove(work);
  mkdirSync(work, { recursive: true });
}

function localSettings({ target, name, version, epoch }: Staging): string {
  return [
    '[Distribution]',
    `Architecture=${target.mkosi}`,
    '[Output]',
    `ImageVersion=${version}`,
    `Output=${name}`,
    'OutputDirectory=output',
    // One seed: partitions and filesystems have the same ids in each build of the same inputs.
    'Seed=0a7a05e1-6d6f-4b0a-9d38-5f4f79b3a7c1',
    '[Build]',
    'CacheDirectory=../mkosi-cache',
    'PackageCacheDirectory=../packages',
    'WorkspaceDirectory=../workspace',
    '[Content]',
    `SourceDateEpoch=${epoch}`,
    '',
  ].join('\n');
}

function aptSources({ main, security }: DebianArchive, keyring: string): string {
  const stanza = (uri: string, suites: string) =>
    `Types: deb\nURIs: ${uri}\nSuites: ${suites}\nComponents: main\nSigned-By: ${keyring}\n`;
  return [stanza(main, 'trixie'), security && stanza(security, 'trixie-security')]
    .filter(Boolean)
    .join('\n');
}

function copyOwnFiles(target: string, version: string): void {
  const names = globSync(ownFiles, { cwd: root, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((name) => !isForTests.test(name));
  if (!names.includes('desktop/dist/index.html'))
    throw new RayError('IMAGE_BROKEN', 'the desktop has not been built: npm run desktop:build');
  for (const name of names)
    cpSync(join(root, name), join(target, name), { verbatimSymlinks: true });
  // What RayOS says of itself is what the image is called.
  const described = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as object;
  write(join(target, 'package.json'), `${JSON.stringify({ ...described, version }, null, 2)}\n`);
}

/** The packages of package-lock.json that are not for development only. */
function copyPackages(home: string, { target, compiledPackages }: Staging): void {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  for (const { path } of packagesFor(lock, target)) {
    if (isNode(path)) continue;
    const from = compiledPackages.get(path) ?? join(root, path);
    // What is optional may not have been installed here.
    if (!existsSync(from)) continue;
    cpSync(from, join(home, path), { recursive: true, verbatimSymlinks: true });
  }
}

const isNode = (path: string) => /^node_modules\/node-linux-/.test(path);

function copyNode(home: string, { target, node }: Staging): void {
  const name = `node-linux-${target.npm}`;
  const at = join(home, 'node_modules', name, 'bin/node');
  mkdirSync(dirname(at), { recursive: true });
  cpSync(node, at);
  chmodSync(at, 0o755);
  const link = join(home, 'node_modules/.bin/node');
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(`../${name}/bin/node`, link);
}

/** It stays in the read-only system; links in the cache folder, made at boot, lead to it. */
function copyGuestImage(extra: string, image: GuestImage): void {
  const name = basename(image.directory);
  const at = join('usr/share/rayos/guest-images', name);
  cpSync(image.directory, join(extra, at), { recursive: true });
  const links = [
    'd /var/cache/rayos 0755 rayos rayos -',
    'd /var/cache/rayos/guest-images 0755 rayos rayos -',
    `L+ /var/cache/rayos/guest-images/${name} - - - - /${at}`,
    `L+ /var/cache/rayos/guest-images/${image.recipe} - - - - ${name}`,
  ];
  write(join(extra, 'usr/lib/tmpfiles.d/rayos-guest-images.conf'), `${links.join('\n')}\n`);
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
