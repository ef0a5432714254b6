// What a guest image is made of. A recipe is data; the builder knows no guest by name.

import type { Tree } from './tree/tree.ts';

export type Recipe = {
  readonly name: string;
  /** What a person calls it. */
  readonly title: string;
  /** Debian's codename for the release that the packages come from. */
  readonly suite: string;
  /** Packages that the initramfs (and the kernel) is taken from: unpacked, never installed. */
  readonly packages: readonly string[];
  /** Packages that others depend on and this guest has no use for: not even fetched. */
  readonly leftOut: readonly string[];
  /** Programs, libraries that are loaded by name at run time, and data; folders are taken whole. */
  readonly paths: readonly string[];
  /** Kernel modules to load at boot; their dependencies are found. */
  readonly modules: readonly string[];
  /** Links for these names of busybox's applets, in `usr/bin`. */
  readonly applets: readonly string[];
  /** The folders that mirror the target file tree; their files win over the packages', later over earlier. */
  readonly roots: readonly string[];
  /** Owner of everything below this folder of the tree. */
  readonly home?: { readonly path: string; readonly uid: number; readonly gid: number };
  /** Adds what is computed rather than kept: folders, pictures. */
  readonly finish: (tree: Tree) => void;
  /** What the guest keeps its system on; without one it lives in its initramfs. */
  readonly disk?: DiskRecipe;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly cpus: number;
  /** Whether it can sound: its guests then begin with a sound card. */
  readonly sound?: true;
};

/** A whole Debian on an ext4 filesystem, installed with its packages' own scripts. */
export type DiskRecipe = {
  readonly label: string;
  /** The size that the guest sees; what is not written takes no room. */
  readonly virtualBytes: number;
  /** Besides Debian's essential ones. */
  readonly packages: readonly string[];
  readonly roots: readonly string[];
  /** Paths (dpkg's path-exclude patterns) that are not unpacked. */
  readonly excluded: readonly string[];
  /** Parts of the kernel's module folder that a virtual machine has no use for. */
  readonly modulesLeftOut: readonly string[];
  /** Run once in the new root as its root user; gets the kernel's version. */
  readonly setup: string;
  /** Writes what is computed rather than kept below `folder`. */
  readonly finish: (folder: string) => void;
};
