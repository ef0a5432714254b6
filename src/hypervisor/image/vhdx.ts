// VHDX (Microsoft, [MS-VHDX]): its region table, its metadata, and the block table. The log is not replayed:
// a disk that was not closed properly is told by QEMU when it is imported.

import {
  type Block,
  blockSource,
  cannot,
  corrupt,
  guidAt,
  type Source,
  toNumber,
} from './source.ts';

const regions = { at: 192 * 1024, bytes: 64 * 1024 };
const batRegion = '2DC27766-F623-4200-9D64-115E9BFD4A08';
const metadataRegion = '8B7CA206-4790-4B9A-B8FE-575F050F886E';
const fileParameters = 'CAA16737-FA36-4D43-B3B6-33F0AA44E76B';
const virtualSize = '2FA54224-CD1B-4876-B211-5DBED83BF4B8';
const sectorSize = '8141BF1D-A96F-4709-BA47-F233A8FAAB5F';
const hasParent = 2;
const mib = 1024 * 1024;

export const isVhdx = (head: Buffer) => head.toString('latin1', 0, 8) === 'vhdxfile';

export function readVhdx(source: Source): { readonly variant: string; readonly disk: Source } {
  const table = source.read(regions.at, regions.bytes);
  if (table.toString('latin1', 0, 4) !== 'regi') throw corrupt('its table of regions is missing');
  const region = new Map<string, number>();
  for (let i = 0; i < Math.min(table.readUInt32LE(8), 2047); i++)
    region.set(guidAt(table, 16 + i * 32), toNumber(table.readBigUInt64LE(32 + i * 32)));
  const metadata = readMetadata(source, region.get(metadataRegion));
  const bat = region.get(batRegion);
  const parameters = metadata(fileParameters, 8);
  const blockBytes = parameters.readUInt32LE(0);
  const sizeBytes = toNumber(metadata(virtualSize, 8).readBigUInt64LE());
  const sector = metadata(sectorSize, 4).readUInt32LE();
  if ((parameters.readUInt32LE(4) & hasParent) !== 0)
    throw cannot(
      'this VHDX holds only the changes to another disk, which RayOS does not follow',
      'Make one whole file of both, where the other is: qemu-img convert -O qcow2 FILE whole.qcow2',
    );
  const isPower = Number.isInteger(Math.log2(blockBytes));
  if (!isPower || blockBytes < mib || blockBytes > 256 * mib || (sector !== 512 && sector !== 4096))
    throw corrupt('its blocks have an impossible size');
  if (bat === undefined || bat % mib !== 0) throw corrupt('its table of blocks is missing');
  // After so many blocks' entries there is one for their bitmap.
  const chunk = (2 ** 23 * sector) / blockBytes;
  const find = (block: number): Block | undefined => {
    const index = block + Math.floor(block / chunk);
    const entry = source.read(bat + index * 8, 8).readBigUInt64LE();
    const state = Number(entry & 7n);
    if (state !== 6 && state !== 7) return undefined;
    const at = toNumber(entry & ~0xfffffn);
    return (within, length) => source.read(at + within, length);
  };
  return { variant: '', disk: blockSource(sizeBytes, blockBytes, find) };
}

function readMetadata(source: Source, at: number | undefined) {
  if (at === undefined) throw corrupt('its metadata are missing');
  const table = source.read(at, 64 * 1024);
  if (table.toString('latin1', 0, 8) !== 'metadata') throw corrupt('its metadata are missing');
  const items = new Map<string, number>();
  for (let i = 0; i < Math.min(table.readUInt16LE(10), 2047); i++)
    items.set(guidAt(table, 32 + i * 32), table.readUInt32LE(48 + i * 32));
  return (item: string, bytes: number): Buffer => {
    const offset = items.get(item);
    if (offset === undefined) throw corrupt('its metadata are not whole');
    return source.read(at + offset, bytes);
  };
}
