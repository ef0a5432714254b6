// Breaks what lies on a disk, from outside, in one way each.

import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { DiskReader } from '../machine/disk-reader.ts';
import type { Partition } from '../machine/partitions.ts';

/** Turns one bit of a partition over. */
export function flipBit(disk: DiskReader, partition: Partition, offsetBytes: number): void {
  change(disk, partition.startBytes + offsetBytes, 1, (bytes) => {
    bytes[0] = (bytes[0] ?? 0) ^ 0x10;
  });
}

/** Writes nonsense over a part of a partition. */
export function overwrite(
  disk: DiskReader,
  partition: Partition,
  offsetBytes: number,
  lengthBytes: number,
): void {
  change(disk, partition.startBytes + offsetBytes, lengthBytes, (bytes) => void bytes.fill(0xa5));
}

function change(disk: DiskReader, at: number, length: number, edit: (bytes: Buffer) => void): void {
  const file = openSync(disk.raw, 'r+');
  try {
    const bytes = Buffer.alloc(length);
    readSync(file, bytes, 0, length, at);
    edit(bytes);
    writeSync(file, bytes, 0, length, at);
  } finally {
    closeSync(file);
  }
}

/** The last block of a partition that is not all zeros, as its offset. */
export function lastUsedBlock(disk: DiskReader, partition: Partition): number {
  const chunkBytes = 1024 * 1024;
  const blockBytes = 4096;
  const bytes = Buffer.alloc(chunkBytes);
  const zeros = Buffer.alloc(chunkBytes);
  const file = openSync(disk.raw, 'r');
  try {
    for (let at = partition.sizeBytes - chunkBytes; at >= 0; at -= chunkBytes) {
      readSync(file, bytes, 0, chunkBytes, partition.startBytes + at);
      if (bytes.equals(zeros)) continue;
      let last = bytes.findLastIndex((byte) => byte !== 0);
      last -= last % blockBytes;
      return at + last;
    }
  } finally {
    closeSync(file);
  }
  throw new Error(`the partition ${partition.label} is empty`);
}
