// The key of an image: a hash of all that decides its content apart from the archive's own state.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const home = join(import.meta.dirname, '..');

/** Hash of the recipes' and the builder's files, tests left out. Takes some milliseconds. */
export function imageKey(recipeName: string, folder = home): string {
  const hash = createHash('sha256').update(recipeName);
  for (const path of filesIn(folder)) {
    if (/\.(test|property)\.ts$/.test(path) || path.includes('/testing/')) continue;
    hash.update(`\0${relative(folder, path)}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Every file below a folder, sorted. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesIn(path) : [path];
    });
}
