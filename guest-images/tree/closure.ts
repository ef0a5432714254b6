// Copies chosen programs and folders out of unpacked packages into the guest's tree, and with each
// program the libraries that it asks for, theirs, and so on: what `ldd` would say, without running
// anything of the image.

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { isElf, readDynamic } from './elf.ts';
import type { Tree } from './tree.ts';

/** Something that the recipe or a library asks for and no package has. */
export class MissingFileError extends Error {
  override readonly name = 'MissingFileError';
  readonly path: string;

  constructor(path: string, askedBy: string) {
    super(`${path}, asked for by ${askedBy}, is in none of the packages`);
    this.path = path;
  }
}

/** Where the dynamic loader looks after the RUNPATH (ld.so(8)), for Debian's x86-64. */
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib'];
/** Folders that are links into /usr in every release since Debian 12. */
const merged = /^\/(bin|sbin|lib|lib64)(?=\/|$)/;
const maxLinks = 16;

/** Adds paths of the unpacked packages under `root` to `tree`. */
export class Closure {
  readonly #root: string;
  readonly #tree: Tree;

  constructor(root: string, tree: Tree) {
    this.#root = root;
    this.#tree = tree;
  }

  /** Adds a file, a link with what it points to, or a whole folder. Throws MissingFileError, ElfError. */
  add(path: string, askedBy = 'the recipe'): void {
    const place = this.#place(path, askedBy);
    const source = join(this.#root, place);
    const stat = lstatSync(source, { throwIfNoEntry: false });
    if (stat === undefined) throw new MissingFileError(place, askedBy);
    if (stat.isDirectory()) {
      this.#tree.directory(place);
      for (const name of readdirSync(source)) this.add(posix.join(place, name), askedBy);
    } else if (this.#tree.has(place)) {
      return;
    } else if (stat.isSymbolicLink()) {
      const target = readlinkSync(source);
      this.#tree.link(place, target);
      this.add(posix.resolve(posix.dirname(place), target), place);
    } else {
      this.#addFile(place, source, (stat.mode & 0o111) !== 0 ? 0o755 : 0o644);
    }
  }

  #addFile(place: string, source: string, mode: number): void {
    this.#tree.file(place, source, { mode });
    const bytes = readFileSync(source);
    if (!isElf(bytes) || place.endsWith('.ko')) return;
    const { needed, runpath, interpreter } = readDynamic(bytes);
    if (interpreter !== undefined) this.add(interpreter, place);
    const own = runpath.map((p) => posix.normalize(p.replace(/\$\{?ORIGIN\}?/g, dirname(place))));
    for (const name of needed) this.#addLibrary(name, [...own, ...libraryFolders], place);
  }

  #addLibrary(name: string, folders: readonly string[], askedBy: string): void {
    for (const folder of folders) {
      const path = name.includes('/') ? name : posix.join(folder, name);
      if (!this.#exists(path)) continue;
      this.add(path, askedBy);
      return;
    }
    throw new MissingFileError(name, askedBy);
  }

  #exists(path: string): boolean {
    try {
      return (
        lstatSync(join(this.#root, this.#place(path, '')), { throwIfNoEntry: false }) !== undefined
      );
    } catch (thrown) {
      if (thrown instanceof MissingFileError) return false;
      throw thrown;
    }
  }

  /** The path with links in its folders followed inside the root, never out of it. */
  #place(path: string, askedBy: string): string {
    let rest = posix.resolve('/', path);
    for (let links = 0; links < maxLinks; links++) {
      rest = rest.replace(merged, '/usr/$1');
      const linked = this.#firstLinkedFolder(rest);
      if (linked === undefined) return rest;
      rest = posix.join(posix.resolve(posix.dirname(linked.folder), linked.target), linked.rest);
    }
    throw new MissingFileError(path, askedBy);
  }

  #firstLinkedFolder(path: string): { folder: string; target: string; rest: string } | undefined {
    const parts = path.split('/').slice(1);
    for (let i = 1; i < parts.length; i++) {
      const folder = `/${parts.slice(0, i).join('/')}`;
      const source = join(this.#root, folder);
      if (lstatSync(source, { throwIfNoEntry: false })?.isSymbolicLink() === true)
        return { folder, target: readlinkSync(source), rest: parts.slice(i).join('/') };
    }
    return undefined;
  }
}
