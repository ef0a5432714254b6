// Runs QEMU, or its tools, for a question with a short answer: as the guests' user, with nothing of ours, for
// a limited time unless it changes something, and never longer than the asker wants to know.

import { spawn } from 'node:child_process';
import { RayError } from '../../contracts/index.ts';
import { own, startAs, unlessAborted, within } from '../../foundation/index.ts';
import { closeAllOnExec } from '../ffi/descriptors.ts';

export type RunAs = {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** In a session of its own: Ctrl-C in our terminal does not end it. */
  readonly detached?: boolean;
};

export type ToolResult = {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
};

const maxOutputBytes = 1024 * 1024;

/**
 * What the program said and how it ended. Throws TIMED_OUT after `limitMs`, and what the signal says; it is
 * then gone too. Without a limit it takes as long as it takes.
 */
export async function runTool(
  binary: string,
  args: readonly string[],
  { uid, gid, signal, detached = false }: RunAs,
  limitMs: number | undefined,
): Promise<ToolResult> {
  signal?.throwIfAborted();
  closeAllOnExec();
  const start = startAs({ uid, gid }, binary, args);
  const child = spawn(start.file, start.args, {
    cwd: '/',
    detached,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...start.ids,
  });
  await using owned = own(child);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let length = 0;
  const collect = (into: Buffer[]) => (bytes: Buffer) => {
    length += bytes.length;
    if (length <= maxOutputBytes) into.push(bytes);
  };
  child.stdout.on('data', collect(stdout));
  child.stderr.on('data', collect(stderr));
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('close', (code) => resolve(code));
    child.once('error', reject);
  });
  try {
    const code = await waitFor(closed, binary, limitMs, signal);
    return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
  } finally {
    child.kill('SIGKILL');
    await owned.exited;
  }
}

function waitFor<T>(
  end: Promise<T>,
  binary: string,
  limitMs: number | undefined,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (limitMs === undefined) return signal === undefined ? end : unlessAborted(end, signal);
  const onTimeout = () =>
    new RayError('TIMED_OUT', `no answer from ${binary} within ${limitMs / 1000} seconds`);
  return within(end, limitMs, onTimeout, signal);
}
