// The file of boot records. A record is on the disk (fsync) before `append` returns, so a stage is never
// begun whose predecessor could be forgotten. A torn tail is cut before the next record is written; a full
// file is replaced by its newer half, durably.

import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { RayError } from '../contracts/errors.ts';
import { syncDirectory, writeDurable } from '../foundation/durable.ts';
import { type BootRecord, decodeRecords, encodeRecord, type ReadRecords } from './record.ts';

/** The system calls of an append, so that tests can make each of them fail. */
export type AppendCalls = {
  readonly open: (path: string) => number;
  readonly truncate: (descriptor: number, bytes: number) => void;
  readonly write: (descriptor: number, bytes: Uint8Array, position: number) => number;
  readonly fsync: (descriptor: number) => void;
  readonly syncDirectory: (path: string) => void;
};

const systemCalls: AppendCalls = {
  // Not O_APPEND: the place is given with each write.
  open: (path) => {
    try {
      return openSync(path, 'r+');
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
      return openSync(path, 'wx+', 0o600);
    }
  },
  truncate: ftruncateSync,
  write: (descriptor, bytes, position) => writeSync(descriptor, bytes, 0, bytes.length, position),
  fsync: fsyncSync,
  syncDirectory: (path) => syncDirectory(path),
};

export class RecordFile {
  readonly #file: string;
  readonly #calls: AppendCalls;
  readonly #maxBytes: number;

  constructor(
    file: string,
    options: { readonly calls?: AppendCalls; readonly maxBytes?: number } = {},
  ) {
    this.#file = file;
    this.#calls = options.calls ?? systemCalls;
    this.#maxBytes = options.maxBytes ?? 256 * 1024;
  }

  /** All sound records, oldest first. Without a file there are none. */
  read(): ReadRecords {
    return decodeRecords(this.#bytes());
  }

  /** Adds a record durably. Throws STATE_UNWRITABLE; the records before it are then as they were. */
  append(record: BootRecord): void {
    const bytes = encodeRecord(record);
    try {
      const { soundBytes } = this.#makeRoom(bytes.length);
      const descriptor = this.#calls.open(this.#file);
      try {
        this.#calls.truncate(descriptor, soundBytes);
        for (let done = 0; done < bytes.length; )
          done += this.#calls.write(descriptor, bytes.subarray(done), soundBytes + done);
        this.#calls.fsync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      if (soundBytes === 0) this.#calls.syncDirectory(dirname(this.#file));
    } catch (cause) {
      if (cause instanceof RayError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RayError(
        'STATE_UNWRITABLE',
        `cannot write ${this.#file}: ${reason}`,
        { path: this.#file },
        cause,
      );
    }
  }

  /** What is there, once there is room for so many bytes more. */
  #makeRoom(more: number): ReadRecords {
    const bytes = this.#bytes();
    const found = decodeRecords(bytes);
    if (bytes.length + more <= this.#maxBytes) return found;
    const { records } = found;
    const newer = records.slice(Math.ceil(records.length / 2)).map(encodeRecord);
    writeDurable(this.#file, Buffer.concat(newer));
    return this.read();
  }

  #bytes(): Buffer {
    try {
      return readFileSync(this.#file);
    } catch (thrown) {
      if (isMissing(thrown)) return Buffer.alloc(0);
      throw thrown;
    }
  }
}

const isMissing = (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
