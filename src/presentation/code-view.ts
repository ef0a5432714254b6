// Framers give up root before they take a guest's display, and load some of their code later: a further screen's
// thread, sound, WebP. Where RayOS lies in a folder that is root's alone (/root, a checkout of mode 0700), they
// would find nothing any more. So their code is bound to a folder that everybody may look into, in a mount
// namespace of the framer's own: nothing of it is seen outside, or left when it ends.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Of the framer alone; empty on every system (hier(7)). */
const place = '/mnt';
const codeRoot = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
const bind = '/usr/bin/mount --bind "$0" /mnt';
const namespace = ['--mount', '--propagation', 'private', '--', '/bin/sh', '-c'] as const;

export type Command = { readonly file: string; readonly args: readonly string[] };

/**
 * How to start Node with `flags` and a program so that it finds its code when it is not root any more: as it
 * is where everybody may look into all folders above `root`, or where the program lies elsewhere.
 */
export function commandFor(
  program: string,
  flags: readonly string[],
  more: readonly string[],
  root = codeRoot,
): Command {
  const plain = { file: process.execPath, args: [...flags, program, ...more] };
  if (!program.startsWith(`${root}/`) || isOpen(root) || !canBind(root)) return plain;
  const seen = `${place}${program.slice(root.length)}`;
  const node = [process.execPath, ...flags, seen, ...more];
  return { file: '/usr/bin/unshare', args: [...namespace, `${bind} && exec "$@"`, root, ...node] };
}

/** Whether every user may go through all folders down to this one. */
function isOpen(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === '/') return true;
  }
}

const bindable = new Map<string, boolean>();

/** Root may, unless this system is a container that forbids it. Tried once. */
function canBind(root: string): boolean {
  let can = bindable.get(root);
  if (can === undefined) {
    can =
      process.getuid?.() === 0 &&
      spawnSync('/usr/bin/unshare', [...namespace, bind, root], { timeout: 5000 }).status === 0;
    bindable.set(root, can);
  }
  return can;
}
