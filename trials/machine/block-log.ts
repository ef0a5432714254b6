// Recorded block writes in the form of dm-log-writes (Linux, Documentation/admin-guide/device-mapper/
// log-writes.rst), as QEMU's `blklogwrites` writes it: a superblock, then entries, each with its data after it.
// The record may be of a machine that was killed while it was written: what is not whole is no entry.

export type BlockWrite = {
  /** `write` has bytes; `discard` says that nobody needs what was there. */
  readonly kind: 'write' | 'discard' | 'flush';
  readonly offsetBytes: number;
  readonly lengthBytes: number;
  /** Where a write's bytes are in the record. */
  readonly dataAt: number;
  /** Everything before it, and with FUA itself, is on the disk when the guest hears of it. */
  readonly isBarrier: boolean;
};

/** Reads `length` bytes at `offset`; fewer at the end of the record. */
export type ReadAt = (offset: number, length: number) => Uint8Array;

export class BlockLogError extends Error {
  override readonly name = 'BlockLogError';
}

const magic = 0x6a736677736872n;
const superBytes = 28;
const entryBytes = 32;
const flags = { flush: 1n, fua: 2n, discard: 4n, mark: 8n };
const largest = BigInt(Number.MAX_SAFE_INTEGER);

/** Throws BlockLogError for what is no such record, or claims what it cannot hold. */
export function* readBlockLog(sizeBytes: number, read: ReadAt): Generator<BlockWrite> {
  const head = view(read(0, superBytes));
  if (head.byteLength < superBytes || head.getBigUint64(0, true) !== magic)
    throw new BlockLogError('this is no record of block writes');
  if (head.getBigUint64(8, true) !== 1n) throw new BlockLogError('a version that is not known');
  const count = head.getBigUint64(16, true);
  const sector = head.getUint32(24, true);
  if (sector < 512 || sector > 65_536 || (sector & (sector - 1)) !== 0)
    throw new BlockLogError(`sectors of ${sector} bytes`);
  let at = sector;
  for (let n = 0n; n < count; n++) {
    if (at + sector > sizeBytes) throw new BlockLogError('it ends before its last entry');
    const entry = view(read(at, entryBytes));
    if (entry.byteLength < entryBytes) throw new BlockLogError('it ends inside an entry');
    at += sector;
    const offsetBytes = bytesOf(entry.getBigUint64(0, true), sector);
    const lengthBytes = bytesOf(entry.getBigUint64(8, true), sector);
    const bits = entry.getBigUint64(16, true);
    const has = (flag: bigint) => (bits & flag) !== 0n;
    // A mark is a word of whoever recorded, no write; QEMU makes none.
    if (has(flags.mark)) throw new BlockLogError('a mark, which QEMU does not make');
    if (has(flags.discard)) {
      yield { kind: 'discard', offsetBytes, lengthBytes, dataAt: at, isBarrier: false };
      continue;
    }
    if (lengthBytes === 0) {
      yield { kind: 'flush', offsetBytes, lengthBytes, dataAt: at, isBarrier: has(flags.flush) };
      continue;
    }
    const dataAt = at;
    at += lengthBytes;
    // A record is grown by its writes; zeros at its very end may be a hole that is not there.
    if (dataAt > sizeBytes) throw new BlockLogError('a write beyond its end');
    const isBarrier = has(flags.flush) || has(flags.fua);
    yield { kind: 'write', offsetBytes, lengthBytes, dataAt, isBarrier };
  }
}

function bytesOf(sectors: bigint, sector: number): number {
  const bytes = sectors * BigInt(sector);
  if (bytes > largest) throw new BlockLogError('a place that no disk has');
  return Number(bytes);
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
