// VMDK in one file (VMware, Virtual Disk Format 5.0): monolithic sparse and stream-optimised. Descriptors
// that name other files are refused.

import { inflateSync } from 'node:zlib';
import {
  type Block,
  blockSource,
  cannot,
  corrupt,
  plainText,
  type Source,
  toNumber,
} from './source.ts';

const sector = 512;
const maxDescriptorBytes = 64 * 1024;
const compressedGrains = 1 << 16;
const atEnd = 0xffff_ffff_ffff_ffffn;

export const isVmdk = (head: Buffer) => head.toString('latin1', 0, 4) === 'KDMV';

export const isVmdkDescriptor = (head: Buffer) =>
  /^# Disk DescriptorFile/i.test(head.toString('latin1', 0, 32));

/** Throws, in words: such a file has no data in it. */
export function refuseDescriptor(source: Source): never {
  const text = source.read(0, Math.min(source.sizeBytes, maxDescriptorBytes)).toString('latin1');
  const [, type = '', file = ''] = /^\s*RW\s+\d+\s+(\w+)\s+"([^"\r\n]*)"/m.exec(text) ?? [];
  const name = plainText(Buffer.from(file, 'latin1')) || 'other files';
  throw cannot(
    `this only describes a disk; its data are in ${name}, which RayOS does not follow`,
    /FLAT/i.test(type)
      ? `Use that file itself: it is a plain disk image. Or make one file: qemu-img convert -O qcow2 FILE whole.qcow2`
      : 'Make one whole file of them: qemu-img convert -O qcow2 FILE whole.qcow2',
  );
}

export function readVmdk(source: Source): { readonly variant: string; readonly disk: Source } {
  let header = source.read(0, sector);
  const version = header.readUInt32LE(4);
  if (version < 1 || version > 3) throw corrupt(`it is of version ${version} of VMDK`);
  const isStream = header.readBigUInt64LE(56) === atEnd;
  // The directory of a stream is known only when it has been written: a second header is at the end.
  if (isStream) header = source.read(source.sizeBytes - 2 * sector, sector);
  if (!isVmdk(header)) throw corrupt('the header at its end is missing: it was cut');
  const flags = header.readUInt32LE(8);
  const sectors = toNumber(header.readBigUInt64LE(12));
  const grainSectors = toNumber(header.readBigUInt64LE(20));
  const perTable = header.readUInt32LE(44);
  const directory = toNumber(header.readBigUInt64LE(56)) * sector;
  if (sectors === 0) throw corrupt('it has no size');
  const isPower = Number.isInteger(Math.log2(grainSectors));
  if (!isPower || grainSectors < 8 || grainSectors > 2048 || perTable < 1 || perTable > 4096)
    throw corrupt('its tables have an impossible form');
  checkDescriptor(source, header);
  const grainBytes = grainSectors * sector;
  source.read(directory, 4); // a cut file is told now

  const find = (grain: number): Block | undefined => {
    const table = source.read(directory + Math.floor(grain / perTable) * 4, 4).readUInt32LE();
    if (table === 0) return undefined;
    const at = source.read(table * sector + (grain % perTable) * 4, 4).readUInt32LE();
    if (at <= 1) return undefined; // not there, or zeros
    if ((flags & compressedGrains) === 0)
      return (within, length) => source.read(at * sector + within, length);
    return compressed(source, at * sector, grainBytes);
  };
  const sizeBytes = toNumber(BigInt(sectors) * BigInt(sector));
  return {
    variant: (flags & compressedGrains) === 0 ? 'sparse' : 'stream-optimised',
    disk: blockSource(sizeBytes, grainBytes, find),
  };
}

/** The descriptor inside: it must be whole by itself. */
function checkDescriptor(source: Source, header: Buffer): void {
  const at = toNumber(header.readBigUInt64LE(28)) * sector;
  const length = toNumber(header.readBigUInt64LE(36)) * sector;
  if (at === 0 || length === 0) return;
  const text = source.read(at, Math.min(length, maxDescriptorBytes)).toString('latin1');
  const parent = /^\s*parentCID\s*=\s*([0-9a-f]+)/im.exec(text)?.[1] ?? 'ffffffff';
  const files = text.match(/^\s*(RW|RDONLY|NOACCESS)\s+\d+\s+\w+\s+"/gm)?.length ?? 0;
  if (!/^f{8}$/i.test(parent))
    throw cannot(
      'this VMDK holds only the changes to another disk, which RayOS does not follow',
      'Make one whole file of both, where the other is: qemu-img convert -O qcow2 FILE whole.qcow2',
    );
  if (files > 1)
    throw cannot(
      'this is one part of a disk that is kept in several files',
      'Make one whole file of them: qemu-img convert -O qcow2 FILE whole.qcow2',
    );
}

function compressed(source: Source, at: number, grainBytes: number): Block {
  let whole: Buffer | undefined;
  const unpack = () => {
    const length = source.read(at + 8, 4).readUInt32LE();
    if (length > 2 * grainBytes) throw corrupt('a compressed part of it is too large');
    try {
      return inflateSync(source.read(at + 12, length), { maxOutputLength: grainBytes });
    } catch {
      throw corrupt('a compressed part of it cannot be unpacked');
    }
  };
  return (within, length) => {
    whole ??= unpack();
    return whole.subarray(within, within + length);
  };
}
