// Where a Debian is installed: namespaces of its own, so that its root user is no more than the person who
// builds (mapped to ids of theirs, /etc/subuid), its mounts are seen by nobody else, and everything in it
// is gone at once when the builder is, even by kill -9.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

const isRoot = process.geteuid?.() === 0;

/** Options of unshare(1) for a user who is not root. */
const asOwnRoot = ['--user', '--map-root-user', '--map-auto'];

/** The program and its arguments that run `command` so. */
export function contained(command: string, args: readonly string[]): [string, string[]] {
  const wall = ['--mount', '--pid', '--fork', '--kill-child=KILL', ...(isRoot ? [] : asOwnRoot)];
  return ['setpriv', ['--pdeathsig', 'KILL', 'unshare', ...wall, '--', command, ...args]];
}

/** Whether this machine lets this user do so; else why not. */
export function whyNotContained(): string | undefined {
  const [command, args] = contained('true', []);
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim().split('\n').slice(-1)[0];
}

/** Removes a folder, including what belongs to the mapped ids of such a namespace. */
export function remove(path: string): void {
  try {
    // Again while the last of what was killed is on its way out.
    rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch (thrown) {
    const { status } = spawnSync('unshare', [...asOwnRoot, 'rm', '-rf', '--', path]);
    if (status !== 0) throw thrown;
  }
}
