// Durable files. A file that is replaced here is either the old one or the new one after a power cut,
// never a mixture: temporary file, fsync, rename, fsync of the directory.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RayError } from '../contracts/index.ts';

/** The system calls of a durable write, so that tests can make each of them fail. */
export type DurableCalls = {
  readonly open: typeof openSync;
  readonly write: (descriptor: number, bytes: Uint8Array) => number;
  readonly fsync: typeof fsyncSync;
  readonly close: typeof closeSync;
  readonly rename: typeof renameSync;
};

const systemCalls: DurableCalls = {
  open: openSync,
  write: (descriptor, bytes) => writeSync(descriptor, bytes),
  fsync: fsyncSync,
  close: closeSync,
  rename: renameSync,
};

/**
 * Replaces `path` by `content`. `mode` is the new file's (0600 unless said otherwise).
 * Throws STATE_UNWRITABLE; the old content is then untouched and no temporary file is left.
 */
export function writeDurable(
  path: string,
  content: string | Uint8Array,
  options: { readonly mode?: number; readonly calls?: DurableCalls } = {},
): void {
  const calls = options.calls ?? systemCalls;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const descriptor = calls.open(temporary, 'wx', options.mode ?? 0o600);
    try {
      for (let offset = 0; offset < bytes.length; )
        offset += calls.write(descriptor, bytes.subarray(offset));
      calls.fsync(descriptor);
    } finally {
      calls.close(descriptor);
    }
    calls.rename(temporary, path);
    syncDirectory(directory, calls);
  } catch (cause) {
    rmSync(temporary, { force: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError('STATE_UNWRITABLE', `cannot write ${path}: ${reason}`, { path }, cause);
  }
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string, calls: DurableCalls = systemCalls): void {
  const descriptor = calls.open(directory, 'r');
  try {
    calls.fsync(descriptor);
  } finally {
    calls.close(descriptor);
  }
}

/** Reads a whole text file; undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** Makes a directory of our own, closed to others unless `mode` says otherwise. */
export function makeDirectory(path: string, mode = 0o700): void {
  try {
    mkdirSync(path, { recursive: true, mode });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError(
      'STATE_UNWRITABLE',
      `cannot make the folder ${path}: ${reason}`,
      { path },
      cause,
    );
  }
}
