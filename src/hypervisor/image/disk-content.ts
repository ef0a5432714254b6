// What is on a disk: its partition table (MBR, GPT of UEFI 2.10 chapter 5) and the signatures of file systems.

import type { DiskContent } from './found.ts';
import { corrupt, guidAt, type Source, toNumber } from './source.ts';

const sector = 512;
const esp = 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B';
const biosBoot = '21686148-6449-6E6F-744E-656564454649';
const microsoftReserved = 'E3C9E316-0B5C-4DB8-817D-F92DF00215AE';
const none = '00000000-0000-0000-0000-000000000000';
const maxEntries = 128;
const looked = 8;

type Partition = { readonly type: string; readonly at: number };

/** Undefined where there is neither a partition table nor a known file system. */
export function readDiskContent(disk: Source): DiskContent | undefined {
  if (disk.sizeBytes < 2 * sector) return undefined;
  const first = disk.read(0, sector);
  const whole = filesystemAt(disk, 0);
  const isSigned = first.readUInt16LE(510) === 0xaa55;
  const code = first.subarray(0, 440).some((byte) => byte !== 0);
  const base = {
    partitions: 0,
    hasEsp: false,
    isWindows: false,
    filesystems: whole ? [whole] : [],
  };
  if (isSigned && isMbr(first) && whole === undefined) {
    const rows = mbrRows(first);
    if (rows.some(({ type }) => type === 'EE')) return gpt(disk, code);
    const partitions = rows.filter(({ type }) => type !== '00');
    if (partitions.length > 0) {
      const filesystems = filesystemsOf(disk, partitions);
      const isActive = [0, 1, 2, 3].some((i) => first[446 + i * 16] === 0x80);
      return {
        table: 'mbr',
        partitions: partitions.length,
        hasEsp: partitions.some(({ type }) => type === 'EF'),
        hasBiosLoader: code && isActive,
        isWindows: partitions.some(({ type }) => type === '07') && filesystems.includes('NTFS'),
        filesystems,
      };
    }
    return code ? { ...base, table: 'none', hasBiosLoader: true } : undefined;
  }
  if (whole === undefined) return undefined;
  return { ...base, table: 'none', hasBiosLoader: isSigned && code, hasEsp: /FAT/.test(whole) };
}

/** A first sector whose four rows can be rows of partitions. */
function isMbr(first: Buffer): boolean {
  return [0, 1, 2, 3].every((i) => [0, 0x80].includes(first[446 + i * 16] ?? 1));
}

function mbrRows(first: Buffer): Partition[] {
  return [0, 1, 2, 3].map((i) => ({
    type: first.toString('hex', 450 + i * 16, 451 + i * 16).toUpperCase(),
    at: first.readUInt32LE(454 + i * 16) * sector,
  }));
}

function gpt(disk: Source, hasCode: boolean): DiskContent {
  // The header is in the second block; blocks have 512 bytes, or 4096 on disks that say so.
  const block = [512, 4096].find(
    (bytes) => disk.sizeBytes >= 2 * bytes && disk.read(bytes, 8).toString('latin1') === 'EFI PART',
  );
  if (block === undefined) throw corrupt('its GPT partition table is missing');
  const header = disk.read(block, 92);
  const at = toNumber(header.readBigUInt64LE(72)) * block;
  const count = Math.min(header.readUInt32LE(80), maxEntries);
  const bytes = header.readUInt32LE(84);
  if (bytes < 128 || bytes > 1024) throw corrupt('its GPT partition table has an impossible form');
  const table = disk.read(at, count * bytes);
  const partitions: Partition[] = [];
  for (let i = 0; i < count; i++) {
    const type = guidAt(table, i * bytes);
    const start = toNumber(table.readBigUInt64LE(i * bytes + 32));
    if (type !== none) partitions.push({ type, at: start * block });
  }
  const has = (type: string) => partitions.some((partition) => partition.type === type);
  return {
    table: 'gpt',
    partitions: partitions.length,
    hasEsp: has(esp),
    hasBiosLoader: hasCode && has(biosBoot),
    isWindows: has(microsoftReserved),
    filesystems: filesystemsOf(disk, partitions),
  };
}

function filesystemsOf(disk: Source, partitions: readonly Partition[]): string[] {
  const names = partitions.slice(0, looked).map(({ at }) => filesystemAt(disk, at));
  return [...new Set(names.filter((name) => name !== undefined))];
}

function filesystemAt(disk: Source, at: number): string | undefined {
  const text = (offset: number, length: number) =>
    at + offset + length <= disk.sizeBytes ? disk.read(at + offset, length).toString('latin1') : '';
  if (text(1024 + 56, 2) === '\x53\xef') return 'ext4';
  if (text(0, 4) === 'XFSB') return 'XFS';
  if (text(0x10040, 8) === '_BHRfS_M') return 'btrfs';
  if (text(3, 8) === 'NTFS    ') return 'NTFS';
  if (text(82, 5) === 'FAT32' || text(54, 4) === 'FAT1') return 'FAT';
  if (text(0, 4) === 'LUKS') return 'LUKS (encrypted)';
  if (text(0, 4) === '\xe2\xe1\xf5\xe0') return 'EROFS';
  return undefined;
}
