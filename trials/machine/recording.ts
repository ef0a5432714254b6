// A disk whose writes were recorded, as it was at any moment: the image that it began with, and the first so
// many writes on it.

import { execFile } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { type BlockWrite, readBlockLog } from './block-log.ts';
import type { Disk } from './disks.ts';

const run = promisify(execFile);
const chunkBytes = 1024 * 1024;

export class Recording implements Disposable {
  readonly #log: number;
  readonly #disk: Disk;
  /** In the order in which they were made. */
  readonly writes: readonly BlockWrite[];

  /** Reads the record; the machine should be off, or cut. */
  constructor(disk: Disk) {
    if (disk.log === undefined) throw new Error(`the disk ${disk.options.name} is not recorded`);
    this.#disk = disk;
    this.#log = openSync(disk.log, 'r');
    try {
      const read = (offset: number, length: number) => this.#read(offset, length);
      this.writes = [...readBlockLog(fstatSync(this.#log).size, read)];
    } catch (thrown) {
      closeSync(this.#log);
      throw thrown;
    }
  }

  /** How many writes there were up to and with each barrier: what a guest may rely on there. */
  get barriers(): readonly number[] {
    return this.writes.flatMap(({ isBarrier }, i) => (isBarrier ? [i + 1] : []));
  }

  /** Makes `file` the disk, raw, as it was after its first `count` writes. */
  async diskAfter(count: number, file: string): Promise<void> {
    for await (const _ of this.disksAt([count], file));
  }

  /** The disk at each of these moments, one after the other in the same file; each begins where the last ended. */
  async *disksAt(counts: readonly number[], file: string): AsyncGenerator<number> {
    await this.#begin(file);
    let done = 0;
    for (const count of counts) {
      this.#apply(file, done, count);
      done = Math.max(done, count);
      yield count;
    }
  }

  async #begin(file: string): Promise<void> {
    const { image, sizeMiB } = this.#disk.options;
    if (image === undefined) writeFileSync(file, '');
    else await run('cp', ['--sparse=always', '--reflink=auto', image, file]);
    if (sizeMiB !== undefined) truncateSync(file, sizeMiB * 1024 * 1024);
  }

  #apply(file: string, from: number, to: number): void {
    const out = openSync(file, 'r+');
    try {
      const size = fstatSync(out).size;
      for (const write of this.writes.slice(from, to)) this.#put(out, write, size);
      // A write beyond the end has no place on the disk.
      ftruncateSync(out, size);
    } finally {
      closeSync(out);
    }
  }

  /** What was discarded reads as zeros, as it does of QEMU's disks. */
  #put(out: number, { kind, offsetBytes, lengthBytes, dataAt }: BlockWrite, size: number): void {
    if (offsetBytes + lengthBytes > size) throw new Error('a write beyond the end of the disk');
    for (let done = 0; done < lengthBytes; done += chunkBytes) {
      const bytes = Buffer.alloc(Math.min(chunkBytes, lengthBytes - done));
      // Shorter at the end of the record, where zeros were written: the rest stays zero.
      if (kind === 'write') readSync(this.#log, bytes, 0, bytes.length, dataAt + done);
      writeSync(out, bytes, 0, bytes.length, offsetBytes + done);
    }
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(this.#log, bytes, 0, length, offset));
  }

  [Symbol.dispose](): void {
    closeSync(this.#log);
  }
}
