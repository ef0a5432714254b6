// A machine's whole state to a file and back: a migration whose other end is a descriptor that QEMU is
// given, so that it needs no right to open anything. The machine has to be stopped.

import { readFileSync } from 'node:fs';
import { RayError } from '../../contracts/index.ts';
import { unlessAborted } from '../../foundation/index.ts';
import type { QmpClient } from '../qmp/client.ts';

const descriptorName = 'saved-state';
/** Nobody waits for the network here: as fast as the disk takes it. */
const noLimit = 2 ** 50;

/** QEMU has read a state and will not have it. Whatever else goes wrong is not the state's fault. */
export class StateRefused extends RayError {
  constructor(message: string, cause?: unknown) {
    super('QEMU_PROTOCOL', message, {}, cause);
  }
}

export type StateOptions = {
  /** A QEMU that moves no byte for so long hangs. (It answers nothing else meanwhile.) */
  readonly stallMs?: number;
};

const defaultStallMs = 30_000;
const lookEveryMs = 1000;

/** Writes the state to `fd`. Throws STATE_UNWRITABLE in QEMU's words, TIMED_OUT; the machine can then go on. */
export async function saveState(
  qmp: QmpClient,
  fd: number,
  signal: AbortSignal,
  options: StateOptions = {},
): Promise<void> {
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': noLimit });
  try {
    await migrate(qmp, 'migrate', fd, signal, options);
  } catch (thrown) {
    // Sent and not waited for: a QEMU that hangs does it first of all, should it ever go on.
    void qmp.execute('migrate_cancel').catch(() => {});
    throw thrown;
  }
}

/**
 * Reads the state from `fd` into a machine that was started as `incoming`; it is paused then. Throws
 * StateRefused, QEMU_PROTOCOL (also when QEMU ends meanwhile: its exit then says more), TIMED_OUT.
 */
export async function loadState(
  qmp: QmpClient,
  fd: number,
  signal: AbortSignal,
  options: StateOptions = {},
): Promise<void> {
  await migrate(qmp, 'migrate-incoming', fd, signal, options);
}

async function migrate(
  qmp: QmpClient,
  command: 'migrate' | 'migrate-incoming',
  fd: number,
  signal: AbortSignal,
  { stallMs = defaultStallMs }: StateOptions,
): Promise<void> {
  const capabilities = [{ capability: 'events', state: true }];
  await qmp.execute('migrate-set-capabilities', { capabilities });
  await qmp.execute('getfd', { fdname: descriptorName }, { fds: [fd] });
  const ended = Promise.withResolvers<boolean>();
  const stop = qmp.onEvent(({ event, data }) => {
    if (event !== 'MIGRATION') return;
    if (data.status === 'completed') ended.resolve(true);
    if (data.status === 'failed' || data.status === 'cancelled') ended.resolve(false);
  });
  const lost = qmp.closed.then((reason) => {
    throw new RayError('QEMU_PROTOCOL', reason);
  });
  lost.catch(() => {});
  using stalled = watchProgress(fd, stallMs);
  try {
    await qmp.execute(command, { uri: `fd:${descriptorName}` }, { timeoutMs: stallMs });
    if (await unlessAborted(Promise.race([ended.promise, lost, stalled.promise]), signal)) return;
    // A QEMU that cannot load a state says so and ends, often before it says why.
    const { 'error-desc': said } = (await qmp.execute('query-migrate').catch(() => ({}))) as {
      readonly 'error-desc'?: string;
    };
    const words = `QEMU says: ${said ?? 'no reason'}`;
    throw command === 'migrate' ? new RayError('STATE_UNWRITABLE', words) : new StateRefused(words);
  } finally {
    stop();
  }
}

/**
 * Rejects when the file's position, which QEMU shares with us, stands still for `stallMs`. QEMU's own answers
 * say nothing here: with its processors stopped it writes and reads a state in its main loop.
 */
function watchProgress(
  fd: number,
  stallMs: number,
): Disposable & { readonly promise: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  let last = positionOf(fd);
  let since = performance.now();
  const timer = setInterval(
    () => {
      const now = positionOf(fd);
      if (now !== last) {
        last = now;
        since = performance.now();
      } else if (performance.now() - since >= stallMs)
        reject(new RayError('TIMED_OUT', `QEMU has not gone on for ${stallMs / 1000} seconds`));
    },
    Math.min(lookEveryMs, stallMs),
  );
  return { promise, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Where the next byte goes or comes from (proc(5), fdinfo). */
function positionOf(fd: number): string {
  try {
    return /^pos:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '';
  } catch {
    return ''; // no descriptor is left to look with
  }
}
