// The modes of what goes into the image. Those of a checkout, and of what is made while it is built, follow the
// umask of whoever made them; in the image they follow from what git knows alone, whether a file is a program.

import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** Whether a file is a program, as git tells: by its owner's right to run it. */
export function isExecutable({ mode }: Pick<Stats, 'mode'>): boolean {
  return (mode & 0o100) !== 0;
}

/** Gives `path`, and all below it, the modes that they have in the image. Links have none. */
export function setModes(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  chmodSync(path, found.isDirectory() || isExecutable(found) ? 0o755 : 0o644);
  if (found.isDirectory()) for (const name of readdirSync(path)) setModes(join(path, name));
}
