// A disk whose writes were recorded, as it was at any moment: the image that it began with, and the first so
// many writes on it.

import { execFile, execFileSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  openSync,
  readSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';
import { type BlockWrite, readBlockLog } from './block-log.ts';
import type { Disk } from './disks.ts';

const run = promisify(execFile);
const chunkBytes = 1024 * 1024;
const zeros = Buffer.alloc(chunkBytes);

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

  /** The raw image that the disk began with. */
  get image(): string | undefined {
    return this.#disk.options.image;
  }

  get sizeBytes(): number {
    const { image, sizeMiB } = this.#disk.options;
    if (sizeMiB !== undefined) return sizeMiB * 1024 * 1024;
    return image === undefined ? 0 : statSync(image).size;
  }

  async #begin(file: string): Promise<void> {
    const { image } = this;
    if (image === undefined) writeFileSync(file, '');
    else await run('cp', ['--sparse=always', '--reflink=auto', image, file]);
    truncateSync(file, this.sizeBytes);
  }

  #apply(file: string, from: number, to: number): void {
    const out = openSync(file, 'r+');
    try {
      for (const write of this.writes.slice(from, to)) this.put(out, write);
    } finally {
      closeSync(out);
    }
  }

  /**
   * Does one write in an open file that begins at `startBytes` of the disk. What was discarded reads as zeros,
   * as it does of QEMU's disks; long zeros become holes.
   */
  put(out: number, write: BlockWrite, startBytes = 0): void {
    const { kind, offsetBytes, lengthBytes, dataAt } = write;
    const at = offsetBytes - startBytes;
    if (at < 0 || at + lengthBytes > fstatSync(out).size)
      throw new Error('a write beyond the end of the disk');
    if (kind === 'discard') makeHole(out, at, lengthBytes);
    else this.#copy(out, at, lengthBytes, dataAt);
  }

  #copy(out: number, at: number, lengthBytes: number, dataAt: number): void {
    for (let done = 0; done < lengthBytes; done += chunkBytes) {
      const bytes = Buffer.alloc(Math.min(chunkBytes, lengthBytes - done));
      // Shorter at the end of the record, where zeros were written: the rest stays zero.
      readSync(this.#log, bytes, 0, bytes.length, dataAt + done);
      if (bytes.length === chunkBytes && bytes.equals(zeros)) makeHole(out, at + done, chunkBytes);
      else writeSync(out, bytes, 0, bytes.length, at + done);
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

function makeHole(out: number, offset: number, length: number): void {
  if (length === 0) return;
  const place = ['--offset', String(offset), '--length', String(length)];
  // By the file itself: descriptor 3 of the program is our descriptor.
  execFileSync('fallocate', ['--punch-hole', ...place, '/proc/self/fd/3'], {
    stdio: ['ignore', 'ignore', 'inherit', out],
  });
}
