// Files that a person drops onto a guest's window. A place is asked for first, through dispatch; then the
// bytes come, to a file beside, and get their name when all of them are on the disk. The guest sees them,
// and cannot change them, at /media/drop.

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  createWriteStream,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { extname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RayError } from '../contracts/index.ts';
import { asUnwritable, makeDirectory, syncDirectory } from '../foundation/index.ts';

export const dropName = 'drop';
const lifeMs = 60_000;
const maxOpen = 100;
/** A file of which nothing more comes for so long is given up. */
const silenceMs = 60_000;
/** What stays free on the disk, for RayOS itself. */
const keptFreeBytes = 64 * 1024 * 1024;

export type DropPlaces = { readonly dropDir: string; readonly droppingDir: string };
type Expected = {
  readonly id: string;
  readonly file: string;
  readonly sizeBytes: number;
  readonly places: DropPlaces;
  readonly until: number;
};
export type Dropped = { readonly id: string; readonly file: string; readonly bytes: number };

/** Makes the folder that a guest sees, and forgets what was cut off in the middle. */
export function prepareDrops({ dropDir, droppingDir }: DropPlaces): void {
  makeDirectory(dropDir, 0o755);
  chmodSync(dropDir, 0o755);
  rmSync(droppingDir, { recursive: true, force: true });
}

/** Throws BAD_REQUEST for what is no name of a file. */
export function checkFileName(file: string): void {
  const isName =
    file !== '.' &&
    file !== '..' &&
    !/[/\p{Cc}]/u.test(file) &&
    file.isWellFormed() &&
    Buffer.byteLength(file) <= 240;
  if (isName) return;
  throw new RayError('BAD_REQUEST', `"${file.slice(0, 80)}" cannot be the name of a file`, {
    command: 'folder drop',
  });
}

export class Drops {
  readonly #expected = new Map<string, Expected>();
  /** Files whose bytes are coming now, and how many are still to come. */
  readonly #coming = new Set<{ left: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A token for the bytes of this one file, for a minute. Throws BAD_REQUEST, STATE_UNWRITABLE. */
  expect(id: string, file: string, sizeBytes: number, places: DropPlaces): string {
    checkFileName(file);
    prepareFolders(places);
    const { bavail, bsize } = statfsSync(places.dropDir);
    for (const [token, { until }] of this.#expected)
      if (until < this.#now() || this.#expected.size >= maxOpen) this.#expected.delete(token);
    if (sizeBytes + this.#promisedBytes() + keptFreeBytes > bavail * bsize)
      throw new RayError(
        'STATE_UNWRITABLE',
        `there is no room for ${file}: it has ${sizeBytes} bytes`,
        { path: places.dropDir },
      );
    const token = randomBytes(18).toString('base64url');
    this.#expected.set(token, { id, file, sizeBytes, places, until: this.#now() + lifeMs });
    return token;
  }

  /**
   * Takes the bytes; the name that the file has got. Throws BAD_REQUEST for a token that is not known, or was
   * given for another guest, and for more or fewer bytes than were said; STATE_UNWRITABLE; CANCELLED when
   * nothing more comes; the signal's reason. No part of the file is left then.
   */
  async take(id: string, token: string, body: Readable, asked?: AbortSignal): Promise<Dropped> {
    const expected = this.#expected.get(token);
    this.#expected.delete(token);
    if (expected === undefined || expected.id !== id || expected.until < this.#now())
      throw wrong('this place for a file is not known, or its minute has passed');
    const { places, file, sizeBytes } = expected;
    const temporary = join(places.droppingDir, token);
    const coming = { left: sizeBytes };
    this.#coming.add(coming);
    using silence = silenceOf(file);
    const signal = AbortSignal.any(
      asked === undefined ? [silence.signal] : [silence.signal, asked],
    );
    try {
      let bytes = 0;
      const counted = async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          silence.heard();
          bytes += chunk.length;
          coming.left = Math.max(0, sizeBytes - bytes);
          if (bytes > sizeBytes) throw wrong(`more bytes came than ${file} was said to have`);
          yield chunk;
        }
      };
      // Opened here: a stream that is cut off before its file is open makes it afterwards.
      const fd = openSync(temporary, 'wx', 0o644);
      await pipeline(body, counted, createWriteStream(temporary, { fd }), { signal });
      if (bytes < sizeBytes)
        throw wrong(`${bytes} bytes came of the ${sizeBytes} that ${file} was said to have`);
      sync(temporary);
      const name = freeName(places.dropDir, file);
      renameSync(temporary, join(places.dropDir, name));
      syncDirectory(places.dropDir);
      return { id, file: name, bytes };
    } catch (thrown) {
      rmSync(temporary, { force: true });
      if (signal.reason instanceof RayError) throw signal.reason;
      if (thrown instanceof RayError) throw thrown;
      throw asUnwritable(thrown) ?? new RayError('CANCELLED', `${file} was cut off`, {}, thrown);
    } finally {
      this.#coming.delete(coming);
    }
  }

  /** Bytes of files that a place was given to, as far as they are not on the disk yet. */
  #promisedBytes(): number {
    let bytes = 0;
    for (const { sizeBytes } of this.#expected.values()) bytes += sizeBytes;
    for (const { left } of this.#coming) bytes += left;
    return bytes;
  }
}

/** A signal that is aborted when nothing has been heard of a file for too long. */
function silenceOf(file: string): Disposable & { readonly signal: AbortSignal; heard(): void } {
  const silence = new AbortController();
  const why = `nothing more of ${file} came for ${silenceMs / 1000} s`;
  const end = () => silence.abort(new RayError('CANCELLED', why));
  let timer = setTimeout(end, silenceMs);
  return {
    signal: silence.signal,
    heard() {
      clearTimeout(timer);
      timer = setTimeout(end, silenceMs);
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

function prepareFolders({ dropDir, droppingDir }: DropPlaces): void {
  makeDirectory(dropDir, 0o755);
  makeDirectory(droppingDir);
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The name itself, or with a number where there is such a file already. */
function freeName(folder: string, file: string): string {
  const end = extname(file);
  const stem = file.slice(0, file.length - end.length);
  for (let number = 1; ; number++) {
    const name = number === 1 ? file : `${stem} (${number})${end}`;
    if (!existsSync(join(folder, name))) return name;
  }
}

function wrong(words: string): RayError {
  return new RayError('BAD_REQUEST', words, { command: 'folder drop' });
}
