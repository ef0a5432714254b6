// Durable files. A file that is replaced here is either the old one or the new one after a power cut,
// never a mixture: temporary file, fsync, rename, fsync of the directory.

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RayError } from '../contracts/errors.ts';

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

/**
 * Makes a directory of our own, closed to others unless `mode` says otherwise; or takes one that is there,
 * if it is a directory (not a link to one) and ours. Of an existing one others lose what `mode` does not
 * give them: always the right to write, and the right to read if it is empty. One that holds something may
 * have been given to us by a person (RAYOS_STATE), who may want it readable; what RayOS keeps in it is
 * closed file by file. Throws STATE_UNWRITABLE.
 */
export function makeDirectory(path: string, mode = 0o700): void {
  const folder = resolve(path);
  try {
    const isNew = mkdirSync(folder, { recursive: true, mode }) !== undefined;
    const found = lstatSync(folder);
    if (!found.isDirectory()) throw new Error('something else is there (a link is not followed)');
    if (found.uid !== process.geteuid?.()) throw new Error('it belongs to another user');
    const closes = isNew || readdirSync(folder).length === 0 ? 0o777 : 0o022;
    const excess = found.mode & closes & ~mode;
    if (excess !== 0) chmodSync(folder, found.mode & 0o7777 & ~excess);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError(
      'STATE_UNWRITABLE',
      `cannot use ${folder} as a folder of RayOS: ${reason}`,
      { path: folder },
      cause,
    );
  }
}

const diskFaults: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);
/** SQLITE_READONLY, _IOERR, _FULL, _CANTOPEN: https://www.sqlite.org/rescode.html */
const sqliteFaults: ReadonlySet<number> = new Set([8, 10, 13, 14]);

/** STATE_UNWRITABLE in words, when `thrown` is the disk's or the database's refusal to write. */
export function asUnwritable(thrown: unknown): RayError | undefined {
  if (!(thrown instanceof Error) || thrown instanceof RayError) return undefined;
  const { code, errcode, path } = thrown as Error & {
    readonly code?: unknown;
    readonly errcode?: unknown;
    readonly path?: unknown;
  };
  const isSqlite = code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number';
  // The low byte is the primary code; the rest says more (SQLITE_IOERR_WRITE).
  if (!diskFaults.has(code) && !(isSqlite && sqliteFaults.has(errcode & 0xff))) return undefined;
  return new RayError(
    'STATE_UNWRITABLE',
    `what RayOS keeps cannot be written: ${thrown.message}`,
    { path: typeof path === 'string' ? path : 'the state folder that `rayos status` names' },
    thrown,
  );
}
