// Looks at a file that a person named, in a process of its own: unprivileged, with a limit on time and
// memory, and nothing but the file's descriptor.

import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import Value from 'typebox/value';
import { RayError } from '../../contracts/index.ts';
import { own, within } from '../../foundation/index.ts';
import { asOutcome } from '../cancelled.ts';
import { closeAllOnExec } from '../ffi/descriptors.ts';
import { type Found, Look } from './found.ts';

const limitMs = 20_000;
const maxAnswerBytes = 64 * 1024;
const program = join(import.meta.dirname, 'look-child.ts');

export type Looked = { readonly found: Found; readonly sizeBytes: number };

/** Throws FILE_UNREADABLE, FILE_UNKNOWN, FILE_CORRUPT, GUEST_CANNOT (with a remedy), TIMED_OUT, CANCELLED. */
export async function lookAt(path: string, signal: AbortSignal): Promise<Looked> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    return { found: await ask(file.fd, path, signal), sizeBytes: size };
  } catch (thrown) {
    throw asOutcome(thrown, signal);
  } finally {
    await file.close();
  }
}

/** Opens a plain file; never waits for a pipe or a device. Throws FILE_UNREADABLE. */
export async function openFile(path: string): Promise<FileHandle> {
  const unreadable = (why: string) =>
    new RayError('FILE_UNREADABLE', `${path} cannot be read: ${why}`, { path });
  if (path.includes('\0')) throw unreadable('no name has a NUL in it');
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT') throw unreadable('there is no such file');
    if (code === 'EACCES') throw unreadable('its permissions do not let RayOS read it');
    throw unreadable(thrown instanceof Error ? thrown.message : String(thrown));
  }
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  throw unreadable(stat.isDirectory() ? 'it is a folder' : 'it is no plain file');
}

async function ask(fd: number, path: string, signal: AbortSignal): Promise<Found> {
  closeAllOnExec();
  const child = spawn(process.execPath, ['--max-old-space-size=128', program], {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'pipe', 'ignore', fd],
  });
  await using owned = own(child);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < maxAnswerBytes) text += chunk;
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const slow = () => new RayError('TIMED_OUT', `looking at ${path} took more than 20 seconds`);
  try {
    await within(closed, limitMs, slow, signal);
  } finally {
    child.kill('SIGKILL');
    await owned.exited;
  }
  const answer = parse(text);
  if (answer === undefined)
    throw new RayError('FILE_CORRUPT', 'the file cannot be right: it broke what looked at it');
  if ('found' in answer) return answer.found;
  const { code, message, remedy } = answer.fault;
  throw new RayError(code, `${path}: ${message}`, remedy === undefined ? { path } : { remedy });
}

function parse(text: string): Look | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(Look, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
