// qcow2 (QEMU, docs/interop/qcow2.txt): enough to read the first sectors of the disk in it. A file that
// names another file is refused: a stranger's image must not choose what of this machine becomes a disk.

import { inflateRawSync } from 'node:zlib';
import {
  type Block,
  blockSource,
  cannot,
  corrupt,
  plainText,
  type Source,
  toNumber,
} from './source.ts';

const offsetMask = 0x00ff_ffff_ffff_fe00n;
const dataFile = 4n;
const otherCompression = 8n;
const extendedL2 = 16n;
const knownIncompatible = 0x1fn;
const maxL1Bytes = 32 * 1024 * 1024;

export const isQcow2 = (head: Buffer) => head.readUInt32BE(0) === 0x514649fb;

export function readQcow2(source: Source): { readonly variant: string; readonly disk: Source } {
  const header = source.read(0, 72);
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw corrupt(`it is of version ${version} of qcow2`);
  const features = version === 3 ? source.read(72, 8).readBigUInt64BE() : 0n;
  if ((features & dataFile) !== 0n)
    throw cannot(
      'this qcow2 has no data in it: they are in another file, which RayOS does not follow',
      'Make one whole file of both: qemu-img convert -O qcow2 FILE whole.qcow2',
    );
  const backing = header.readBigUInt64BE(8);
  if (backing !== 0n) throw backed(source, toNumber(backing), header.readUInt32BE(16));
  if ((features & ~knownIncompatible) !== 0n)
    throw cannot('this qcow2 needs a newer QEMU', 'Convert it where that is: qemu-img convert');
  if (header.readUInt32BE(32) !== 0)
    throw cannot(
      'this qcow2 is encrypted',
      'Decrypt it first: qemu-img convert with its secret, to a new file',
    );
  const clusterBits = header.readUInt32BE(20);
  if (clusterBits < 9 || clusterBits > 21) throw corrupt(`clusters of 2^${clusterBits} bytes`);
  const cluster = 2 ** clusterBits;
  const size = toNumber(header.readBigUInt64BE(24));
  const l1Bytes = header.readUInt32BE(36) * 8;
  const l1 = toNumber(header.readBigUInt64BE(40));
  if (l1Bytes > maxL1Bytes || l1 % cluster !== 0 || l1 + l1Bytes > source.sizeBytes)
    throw corrupt('its first table is not inside it: it was cut, or is damaged');
  const entryBytes = (features & extendedL2) === 0n ? 8 : 16;
  const perTable = cluster / entryBytes;
  if (Math.ceil(size / cluster / perTable) * 8 > l1Bytes)
    throw corrupt('its first table is too small for its disk');
  const canInflate = (features & otherCompression) === 0n;

  const find = (block: number): Block | undefined => {
    const table = source.read(l1 + Math.floor(block / perTable) * 8, 8).readBigUInt64BE();
    const l2 = toNumber(table & offsetMask);
    if (l2 === 0) return undefined;
    const entry = source.read(l2 + (block % perTable) * entryBytes, 8).readBigUInt64BE();
    if ((entry & (1n << 62n)) !== 0n) {
      if (!canInflate) throw cannot('its clusters are compressed by zstd', 'Convert it first');
      return compressed(source, entry, clusterBits);
    }
    const at = toNumber(entry & offsetMask);
    if (at === 0 || (entry & 1n) !== 0n) return undefined;
    return (within, length) => source.read(at + within, length);
  };
  return { variant: version === 2 ? 'version 2' : '', disk: blockSource(size, cluster, find) };
}

function compressed(source: Source, entry: bigint, clusterBits: number): Block {
  const shift = 62n - (BigInt(clusterBits) - 8n);
  const at = toNumber(entry & ((1n << shift) - 1n));
  const sectors = toNumber((entry & ((1n << 62n) - 1n)) >> shift) + 1;
  const length = Math.min(sectors * 512 - (at % 512), source.sizeBytes - at);
  const cluster = 2 ** clusterBits;
  let whole: Buffer | undefined;
  return (within, count) => {
    whole ??= inflate(source.read(at, Math.max(0, length)), cluster);
    return whole.subarray(within, within + count);
  };
}

function inflate(bytes: Buffer, maxOutputLength: number): Buffer {
  try {
    return inflateRawSync(bytes, { maxOutputLength, finishFlush: 2 });
  } catch {
    throw corrupt('a compressed part of it cannot be unpacked');
  }
}

function backed(source: Source, at: number, length: number) {
  const name = length > 0 && length < 1024 ? plainText(source.read(at, length)) : 'another file';
  return cannot(
    `this qcow2 holds only the changes to another image (${name}), which RayOS does not follow`,
    'Make one whole file of both, where the other is: qemu-img convert -O qcow2 FILE whole.qcow2',
  );
}
