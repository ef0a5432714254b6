// The guest's file tree while it is being put together: in memory, so that owners and device nodes
// need no root, and so that nothing of the building machine gets into it.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

type Owned = {
  /** Without a leading slash: `usr/bin/foot`. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
};

export type TreeEntry = Owned &
  (
    | { readonly kind: 'file'; readonly content: () => Buffer }
    | { readonly kind: 'directory' }
    | { readonly kind: 'link'; readonly target: string }
    | { readonly kind: 'character'; readonly major: number; readonly minor: number }
  );

type Ownership = { readonly mode?: number; readonly uid?: number; readonly gid?: number };

/** Paths are given with or without a leading slash. A later entry replaces an earlier one. */
export class Tree {
  readonly #entries = new Map<string, TreeEntry>();

  has(path: string): boolean {
    return this.#entries.has(plain(path));
  }

  get(path: string): TreeEntry | undefined {
    return this.#entries.get(plain(path));
  }

  directory(path: string, options: Ownership = {}): void {
    this.#put({ kind: 'directory', ...owned(path, options, 0o755) });
  }

  /** `content` is bytes, or the path of a file that is read when the tree is written. */
  file(path: string, content: Buffer | string, options: Ownership = {}): void {
    const read = typeof content === 'string' ? () => readFileSync(content) : () => content;
    this.#put({ kind: 'file', content: read, ...owned(path, options, 0o644) });
  }

  link(path: string, target: string, options: Ownership = {}): void {
    this.#put({ kind: 'link', target, ...owned(path, options, 0o777) });
  }

  character(path: string, major: number, minor: number, options: Ownership = {}): void {
    this.#put({ kind: 'character', major, minor, ...owned(path, options, 0o600) });
  }

  /** Gives a folder and all that is in it to a user. */
  own(folder: string, uid: number, gid: number): void {
    const top = plain(folder);
    for (const [path, entry] of this.#entries)
      if (path === top || path.startsWith(`${top}/`))
        this.#entries.set(path, { ...entry, uid, gid });
  }

  /** Sorted by path, so that a folder comes before what is in it. */
  entries(): TreeEntry[] {
    return [...this.#entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  #put(entry: TreeEntry): void {
    const parent = dirname(entry.path);
    if (parent !== '.' && !this.#entries.has(parent)) this.directory(parent);
    const old = this.#entries.get(entry.path);
    if (old?.kind === 'directory' && entry.kind !== 'directory')
      throw new Error(`${entry.path} is a folder and cannot become a ${entry.kind}`);
    this.#entries.set(entry.path, entry);
  }
}

function owned(path: string, options: Ownership, mode: number): Owned {
  return {
    path: plain(path),
    mode: options.mode ?? mode,
    uid: options.uid ?? 0,
    gid: options.gid ?? 0,
  };
}

function plain(path: string): string {
  const clean = path.replace(/^\/+|\/+$/g, '');
  if (clean === '' || clean.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new Error(`not a path of the tree: ${path}`);
  return clean;
}
