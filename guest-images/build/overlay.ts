// Lays the recipe's own files over the tree. A file that starts with `#!` is a program; whatever is
// below the home folder belongs to its user.

import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { relative } from 'node:path';
import type { Recipe } from '../recipe.ts';
import type { Tree } from '../tree/tree.ts';
import { filesIn } from './key.ts';

export function addOverlay(recipe: Recipe, tree: Tree): void {
  for (const source of filesIn(recipe.root)) {
    const path = relative(recipe.root, source);
    if (lstatSync(source).isSymbolicLink()) {
      tree.link(path, readlinkSync(source));
      continue;
    }
    const content = readFileSync(source);
    const mode = content.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644;
    tree.file(path, content, { mode });
  }
  for (const name of recipe.applets) tree.link(`usr/bin/${name}`, 'busybox');
  recipe.finish(tree);
  tree.own(recipe.home.path, recipe.home.uid, recipe.home.gid);
}
