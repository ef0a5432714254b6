// What mkosi is given: its settings, and the tree that is laid over the packages. The tree is image/tree (which
// mirrors the target), RayOS itself at /usr/lib/rayos, its production packages, Node, and the guests.

import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { remove } from '../../guest-images/build/namespace.ts';
import { sortKeys } from '../../src/boot/index.ts';
import type { Target } from './architecture.ts';
import { ownFiles } from './inputs.ts';
import { type Lock, packagesFor } from './npm-packages.ts';
import { stageSmallSystems } from './small-systems.ts';

const root = join(import.meta.dirname, '../..');
const home = 'usr/lib/rayos';

/** Nothing but the archive of repository.ts, as mkosi shows its folder of packages to apt. */
const aptSources = 'Types: deb\nURIs: file:/var/cache/apt/archives\nSuites: ./\nTrusted: yes\n';

export type Staging = {
  readonly target: Target;
  /** What the output's files are called. */
  readonly name: string;
  readonly version: string;
  /** Seconds since 1970: the newest time that any file of the image has. */
  readonly epoch: number;
  readonly node: string;
  /** Folders of packages that are not as they are installed here, by their path in package-lock.json. */
  readonly compiledPackages: ReadonlyMap<string, string>;
};

/** Fills the empty folder `work` for mkosi. */
export function stage(work: string, staging: Staging): void {
  cpSync(join(root, 'image/mkosi'), work, { recursive: true });
  const sources = join(work, 'mkosi.sandbox/etc/apt/sources.list.d/mkosi.sources');
  write(sources, aptSources);
  nameSafeMode(join(work, 'mkosi.sandbox/etc/systemd'), staging.version);
  write(join(work, 'mkosi.local.conf'), localSettings(staging));
  const extra = join(work, 'mkosi.extra');
  cpSync(join(root, 'image/tree'), extra, { recursive: true, verbatimSymlinks: true });
  copyOwnFiles(join(extra, home), staging.version);
  copyPackages(join(extra, home), staging);
  copyNode(join(extra, home), staging);
  stageSmallSystems(work, staging.version);
  for (const name of readdirSync(join(work, 'mkosi.images')))
    copyFileSync(join(work, 'mkosi.finalize'), join(work, 'mkosi.images', name, 'mkosi.finalize'));
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

/**
 * The safe mode of a UKI says of itself what it is, by an `.osrel` of its own, so that it sorts behind the system.
 * With the system's, systemd-boot 257 compares the two by file names, one with its counter and one without, and
 * puts safe mode first. ukify takes it from its settings where it is given none: mkosi gives the system's to all else.
 */
function nameSafeMode(settings: string, version: string): void {
  const says = [
    'ID=rayos',
    `PRETTY_NAME="RayOS ${version}"`,
    `IMAGE_ID=${sortKeys.safeMode}`,
    `IMAGE_VERSION=${version}`,
  ];
  write(join(settings, 'safe-mode.os-release'), `${says.join('\n')}\n`);
  write(join(settings, 'ukify.conf'), '[UKI]\nOSRelease=@/etc/systemd/safe-mode.os-release\n');
}

function copyOwnFiles(target: string, version: string): void {
  for (const name of ownFiles())
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
    cpSync(from, join(home, path), {
      recursive: true,
      verbatimSymlinks: true,
      // Packages of a package are in the lock file themselves.
      filter: (file) => !isUseless(file.slice(from.length)),
    });
  }
}

/** What nothing reads when RayOS runs: types, maps, tests, sources of what is compiled, other systems' builds. */
function isUseless(path: string): boolean {
  return (
    /^\/node_modules(\/|$)/.test(path) ||
    /\.(d\.[cm]?ts|[cm]?js\.map|map|tsbuildinfo|flow|markdown)$/.test(path) ||
    /\/(test|tests|__tests__|examples?|benchmarks?|\.github|\.vscode)(\/|$)/.test(path) ||
    /\/(README|CHANGELOG|CHANGES|HISTORY|CONTRIBUTING|SECURITY)(\.md)?$/i.test(path)
  );
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

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
