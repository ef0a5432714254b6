// Child processes that end with their owner: `await using child = own(spawn(…))`.

import type { ChildProcess } from 'node:child_process';
import { within } from './clock.ts';

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type OwnedChild = AsyncDisposable & {
  readonly process: ChildProcess;
  readonly exited: Promise<Exit>;
  /** Asks with SIGTERM, insists with SIGKILL after `graceMs`; resolves when the process is gone. */
  stop(graceMs?: number): Promise<Exit>;
};

/** Takes charge of a spawned process: its exit is observed, and disposing of it ends it. */
export function own(process: ChildProcess): OwnedChild {
  const exited = new Promise<Exit>((resolve) => {
    process.once('exit', (code, signal) => resolve({ code, signal }));
    process.once('error', () => process.pid === undefined && resolve({ code: 127, signal: null }));
  });
  const isOver = () =>
    process.exitCode !== null || process.signalCode !== null || process.pid === undefined;
  const stop = async (graceMs = 2000): Promise<Exit> => {
    if (isOver()) return exited;
    process.kill('SIGTERM');
    try {
      return await within(exited, graceMs, () => new Error('still running'));
    } catch {
      process.kill('SIGKILL');
      return exited;
    }
  };
  return { process, exited, stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}

/** True while a process with this id exists (it may be another user's). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
