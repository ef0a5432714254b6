// What an image is made of: every file of the project that decides its content, as one key. An image whose
// manifest names the key of the files as they are now need not be built again.

import { createHash, type Hash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesIn } from '../../guest-images/build/key.ts';
import type { Architecture } from './architecture.ts';
import type { BuiltImage } from './describe.ts';
import { isExecutable } from './modes.ts';

const root = join(import.meta.dirname, '../..');

/** RayOS's own files that an installed one reads, besides the built desktop. */
const own = ['package.json', 'LICENSE', 'bin', 'src', 'guest-images', 'docs'];
/** Of these folders everything is kept but what only tests use. */
const isForTests = /\.(test|property)\.ts$|\.test-helper\.ts$|^guest-images\/testing\//;

/** What the image is made with and from, besides. The desktop counts by its sources. */
const makers = ['image', 'desktop', 'package-lock.json'];

/** Which image is meant. */
export type ImageName = { readonly version: string; readonly architecture: Architecture };

/** Whether an image may be called so: partitions' labels have room for this many, and `+` is the boot counter's. */
export function isVersion(version: string): boolean {
  return /^[0-9][0-9A-Za-z.~^-]{0,21}$/.test(version);
}

/** What the files of an image are called, without their endings. */
export function fileNameOf({ version, architecture }: ImageName): string {
  return `rayos-${version}-${architecture}`;
}

/** What the manifest of an image is called. */
export function manifestNameOf(name: ImageName): string {
  return `${fileNameOf(name)}.json`;
}

/**
 * The key of the files that `name` would be built from now; some 100 ms. The commit's time is no part of it:
 * a commit that changes nothing in the image does not make it stale.
 */
export function inputsKey(name: ImageName, folder = root): string {
  const hash = createHash('sha256').update(JSON.stringify([name.version, name.architecture]));
  for (const { name: file, path } of filesOf(folder)) addFile(hash.update(`\0${file}\0`), path);
  return hash.digest('hex').slice(0, 32);
}

/** RayOS's own files that an installed one reads, by their paths in the project; the desktop is built besides. */
export function ownFiles(folder = root): string[] {
  return filesBelow(folder, own).filter(
    (name) => !name.startsWith('docs/') || /^docs\/([^/]+\.md|pictures\/[^/]+)$/.test(name),
  );
}

function filesOf(folder: string): { readonly name: string; readonly path: string }[] {
  const names = [...ownFiles(folder), ...filesBelow(folder, makers)].filter(
    (name) => !/(^|\/)(node_modules|dist)\//.test(name),
  );
  return [...new Set(names)].sort().map((name) => ({ name, path: join(folder, name) }));
}

/** Every file, those whose names begin with a dot too: a guest's home is made of these. */
function filesBelow(folder: string, names: readonly string[]): string[] {
  return names
    .filter((name) => existsSync(join(folder, name)))
    .flatMap((name) =>
      statSync(join(folder, name)).isDirectory()
        ? filesIn(join(folder, name)).map((path) => relative(folder, path))
        : name,
    )
    .filter((name) => !isForTests.test(name));
}

/** Adds what of a file decides the image: where a link leads; else whether it is a program, and its content. */
function addFile(hash: Hash, path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) hash.update('link\0').update(readlinkSync(path));
  else hash.update(isExecutable(found) ? 'program\0' : 'file\0').update(readFileSync(path));
}

/**
 * The image in `directory`, if it is whole and made from the files as they are now. One that is signed is never
 * it: whoever wants it signed says with which key, and it is built. Reads no contents.
 */
export function currentImage(directory: string, name: ImageName): BuiltImage | undefined {
  const built = readManifest(directory, name);
  return built?.inputs === inputsKey(name) && built.signed === undefined ? built : undefined;
}

/** Whether `npm run image` would have nothing to do. */
export function imageIsCurrent(directory: string, name: ImageName): boolean {
  return currentImage(directory, name) !== undefined;
}

function readManifest(directory: string, name: ImageName): BuiltImage | undefined {
  try {
    const path = join(directory, manifestNameOf(name));
    const built = JSON.parse(readFileSync(path, 'utf8')) as Omit<BuiltImage, 'directory'>;
    const isWhole = Object.entries(built.files).every(
      ([file, { sizeBytes }]) => statSync(join(directory, file)).size === sizeBytes,
    );
    return isWhole && existsSync(join(directory, built.image))
      ? { ...built, directory }
      : undefined;
  } catch {
    // Missing or garbled: in each case the answer is to build it.
    return undefined;
  }
}
