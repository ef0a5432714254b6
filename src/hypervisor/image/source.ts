// Bytes of a stranger's file, or of the disk inside it. Positions are checked and the total that may be read
// is bounded, so that no file, whatever it says of itself, costs more than a few MiB and milliseconds.

import { readSync } from 'node:fs';
import { RayError } from '../../contracts/errors.ts';

export type Source = {
  readonly sizeBytes: number;
  /** Exactly these bytes. Throws FILE_CORRUPT when they are not all there, or it has been asked too much. */
  read(offset: number, length: number): Buffer;
};

/** All that a look at one file may read. */
const budgetBytes = 8 * 1024 * 1024;
const budgetReads = 4000;

export function fileSource(fd: number, sizeBytes: number): Source {
  return bounded(sizeBytes, (offset, length) => {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const count = readSync(fd, bytes, done, length - done, offset + done);
      if (count === 0) throw corrupt('it is shorter than when it was opened');
      done += count;
    }
    return bytes;
  });
}

export function memorySource(bytes: Uint8Array): Source {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bounded(whole.length, (offset, length) => whole.subarray(offset, offset + length));
}

function bounded(sizeBytes: number, take: (offset: number, length: number) => Buffer): Source {
  let leftBytes = budgetBytes;
  let leftReads = budgetReads;
  return {
    sizeBytes,
    read(offset, length) {
      checkRange(offset, length, sizeBytes);
      leftBytes -= length;
      leftReads -= 1;
      if (leftBytes < 0 || leftReads < 0) throw corrupt('it leads in circles');
      return take(offset, length);
    },
  };
}

/** A disk that is kept in blocks: `find` says where a block's bytes are, undefined for zeros. */
export function blockSource(
  sizeBytes: number,
  blockBytes: number,
  find: (block: number) => Block | undefined,
): Source {
  return {
    sizeBytes,
    read(offset, length) {
      checkRange(offset, length, sizeBytes);
      const bytes = Buffer.alloc(length);
      for (let done = 0; done < length; ) {
        const at = offset + done;
        const within = at % blockBytes;
        const count = Math.min(blockBytes - within, length - done);
        find(Math.floor(at / blockBytes))?.(within, count).copy(bytes, done);
        done += count;
      }
      return bytes;
    },
  };
}

/** Reads part of one block. */
export type Block = (within: number, length: number) => Buffer;

function checkRange(offset: number, length: number, sizeBytes: number): void {
  const isPlace = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (!isPlace || offset < 0 || length < 0 || offset + length > sizeBytes)
    throw corrupt('it points beyond its own end: it was cut, or is damaged');
}

/** A 64-bit number as one of JavaScript's. Throws FILE_CORRUPT for what no file can hold. */
export function toNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt('a number in it is impossibly large');
  return Number(value);
}

export function corrupt(what: string): RayError {
  return new RayError('FILE_CORRUPT', `the file cannot be right: ${what}`);
}

export function unknownFile(what: string): RayError {
  return new RayError('FILE_UNKNOWN', what);
}

/** For what is whole and well formed, and cannot be made into a guest by itself. */
export function cannot(what: string, remedy: string): RayError {
  return new RayError('GUEST_CANNOT', what, { remedy });
}

/** Text of a stranger's file as one harmless line. */
export function plainText(bytes: Buffer, maxCharacters = 80): string {
  const end = bytes.indexOf(0);
  const text = bytes.subarray(0, end < 0 ? bytes.length : end).toString('latin1');
  return text
    .replace(/[^\x20-\x7e]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxCharacters);
}

/** A GUID as Microsoft's formats and GPT keep it: its first three parts little-endian. */
export function guidAt(bytes: Buffer, offset: number): string {
  const part = (from: number, length: number, isSwapped: boolean) => {
    const piece = Buffer.from(bytes.subarray(offset + from, offset + from + length));
    return (isSwapped ? piece.reverse() : piece).toString('hex');
  };
  return [
    part(0, 4, true),
    part(4, 2, true),
    part(6, 2, true),
    part(8, 2, false),
    part(10, 6, false),
  ]
    .join('-')
    .toUpperCase();
}
