// Lays the recipe's own files over the tree, or into a folder. A file that starts with `#!` is a program;
// whatever is below the home folder belongs to its user.

import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Recipe } from '../recipe.ts';
import type { Tree } from '../tree/tree.ts';
import { filesIn } from './key.ts';

export function addOverlay(recipe: Recipe, tree: Tree): void {
  for (const { path, link, content, mode } of filesOf(recipe.roots))
    if (link !== undefined) tree.link(path, link);
    else tree.file(path, content, { mode });
  for (const name of recipe.applets) tree.link(`usr/bin/${name}`, 'busybox');
  recipe.finish(tree);
  if (recipe.home !== undefined) tree.own(recipe.home.path, recipe.home.uid, recipe.home.gid);
}

/** Writes the same files below `folder`, as the user that runs this. */
export function writeOverlay(roots: readonly string[], folder: string): void {
  for (const { path, link, content, mode } of filesOf(roots)) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true, mode: 0o755 });
    rmSync(target, { force: true });
    if (link !== undefined) symlinkSync(link, target);
    else writeFileSync(target, content, { mode });
  }
}

function* filesOf(roots: readonly string[]) {
  for (const root of roots)
    for (const source of filesIn(root)) {
      const path = relative(root, source);
      if (lstatSync(source).isSymbolicLink()) {
        yield { path, link: readlinkSync(source), content: Buffer.alloc(0), mode: 0o777 };
        continue;
      }
      const content = readFileSync(source);
      const mode = content.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644;
      yield { path, link: undefined, content, mode };
    }
}
