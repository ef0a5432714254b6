// Temporary folders that belong to one process, whose id is in their name: a process that was killed cleans
// nothing up, so the next one does.

import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/foundation/index.ts';

export type OwnFolder = Disposable & { readonly path: string };

/** A new folder `PREFIX-PID-…` in `parent`. Those that this user's dead processes have left go first. */
export function ownFolder(prefix: string, parent = tmpdir()): OwnFolder {
  for (const name of readdirSync(parent)) {
    const owner = ownerOf(prefix, name);
    const path = join(parent, name);
    if (owner !== undefined && !isAlive(owner) && isOurs(path)) remove(path);
  }
  const path = mkdtempSync(join(parent, `${prefix}-${process.pid}-`));
  return { path, [Symbol.dispose]: () => remove(path) };
}

/** The process that a folder of this prefix belongs to; undefined for names of another form. */
function ownerOf(prefix: string, name: string): number | undefined {
  if (!name.startsWith(`${prefix}-`)) return undefined;
  const pid = /^(\d{1,10})-[A-Za-z0-9]{6}$/.exec(name.slice(prefix.length + 1))?.[1];
  return pid === undefined ? undefined : Number(pid);
}

function isOurs(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

/** Again while the last of what was killed is on its way out. */
function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
