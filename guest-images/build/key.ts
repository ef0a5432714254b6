// The key of a recipe: a hash of all that decides an image's content apart from the archive's own state.

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

const home = join(import.meta.dirname, '..');

/** Hash of a recipe's and the builder's files; tests and other recipes are left out. Some milliseconds. */
export function imageKey(recipeName: string, folder = home): string {
  const hash = createHash('sha256').update(recipeName);
  for (const path of filesIn(folder)) {
    const name = relative(folder, path);
    if (/\.(test|property)\.ts$/.test(name) || name.startsWith('testing/')) continue;
    if (/^[a-z]+-desktop\//.test(name) && !name.startsWith(`${recipeName}/`)) continue;
    hash.update(`\0${name}\0`).update(contentOf(path));
  }
  return hash.digest('hex').slice(0, 16);
}

function contentOf(path: string): Buffer | string {
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
}

/** Every file below a folder, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return lstatSync(path).isDirectory() ? filesIn(path) : [path];
    });
}
