// What a guest image is made of. A recipe is data; the builder knows no guest by name.

import type { Tree } from './tree/tree.ts';

export type Recipe = {
  readonly name: string;
  /** What a person calls it. */
  readonly title: string;
  /** Debian's codename for the release that the packages come from. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** Packages that others depend on and this guest has no use for: not even fetched. */
  readonly leftOut: readonly string[];
  /** Programs, libraries that are loaded by name at run time, and data; folders are taken whole. */
  readonly paths: readonly string[];
  /** Kernel modules to load at boot; their dependencies are found. */
  readonly modules: readonly string[];
  /** Links for these names of busybox's applets, in `usr/bin`. */
  readonly applets: readonly string[];
  /** The folder that mirrors the target file tree; its files win over the packages'. */
  readonly root: string;
  /** Owner of everything below this folder of the tree. */
  readonly home: { readonly path: string; readonly uid: number; readonly gid: number };
  /** Adds what is computed rather than kept: folders, pictures. */
  readonly finish: (tree: Tree) => void;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly cpus: number;
};
