// A disk that boots one EFI application: FAT16 without partitions, the file as EFI/BOOT/BOOTX64.EFI, which
// UEFI takes from a disk that it knows nothing else of (UEFI 2.10, 3.5.1). FAT: Microsoft, fatgen103.

import { RayError } from '../../contracts/errors.ts';

const sector = 512;
const clusterBytes = 2048;
const reservedSectors = 4;
const rootEntries = 512;
/** Fewer clusters would make it FAT12, more FAT32. */
const clusters = { least: 4096, most: 65_000 };
const endOfFile = 0xffff;

export type EspLayout = {
  /** Everything before the application. */
  readonly head: Buffer;
  /** Where the application's bytes go. */
  readonly fileAt: number;
  readonly totalBytes: number;
};

/** The disk for an application of `fileBytes` bytes. Throws GUEST_CANNOT for one that is too large. */
export function espLayout(fileBytes: number): EspLayout {
  const fileClusters = Math.max(1, Math.ceil(fileBytes / clusterBytes));
  const count = Math.max(clusters.least, fileClusters + 64);
  if (count > clusters.most)
    throw new RayError('GUEST_CANNOT', 'this EFI application is larger than its disk could be', {
      remedy: 'Make a disk image with it, and use that.',
    });
  const fatSectors = Math.ceil(((count + 2) * 2) / sector);
  const rootAt = (reservedSectors + 2 * fatSectors) * sector;
  const dataAt = rootAt + rootEntries * 32;
  const clusterAt = (n: number) => dataAt + (n - 2) * clusterBytes;
  const head = Buffer.alloc(clusterAt(4));
  const totalBytes = dataAt + count * clusterBytes;
  writeBootSector(head, fatSectors, totalBytes / sector);
  // Clusters: 2 is EFI, 3 is EFI/BOOT, from 4 on is the file.
  const fat = [0xfff8, endOfFile, endOfFile, endOfFile];
  for (let n = 0; n < fileClusters; n++) fat.push(n + 1 < fileClusters ? 5 + n : endOfFile);
  for (const copy of [0, 1])
    for (const [n, next] of fat.entries())
      head.writeUInt16LE(next, (reservedSectors + copy * fatSectors) * sector + n * 2);
  entry(head, rootAt, 'EFI', 2);
  entry(head, clusterAt(2), '.', 2);
  entry(head, clusterAt(2) + 32, '..', 0);
  entry(head, clusterAt(2) + 64, 'BOOT', 3);
  entry(head, clusterAt(3), '.', 3);
  entry(head, clusterAt(3) + 32, '..', 2);
  entry(head, clusterAt(3) + 64, 'BOOTX64 EFI', 4, fileBytes);
  return { head, fileAt: clusterAt(4), totalBytes };
}

function writeBootSector(head: Buffer, fatSectors: number, sectors: number): void {
  head.write('\xeb\x3c\x90RAYOS   ', 0, 'latin1');
  head.writeUInt16LE(sector, 11);
  head[13] = clusterBytes / sector;
  head.writeUInt16LE(reservedSectors, 14);
  head[16] = 2;
  head.writeUInt16LE(rootEntries, 17);
  head[21] = 0xf8;
  head.writeUInt16LE(fatSectors, 22);
  head.writeUInt16LE(32, 24);
  head.writeUInt16LE(2, 26);
  head.writeUInt32LE(sectors, 32);
  head[36] = 0x80;
  head[38] = 0x29;
  head.writeUInt32LE(0x52415930, 39);
  head.write('RAYOS ESP  FAT16   ', 43, 'latin1');
  head.writeUInt16LE(0xaa55, 510);
}

/** A folder entry; a file where it has a size. */
function entry(head: Buffer, at: number, name: string, cluster: number, bytes?: number): void {
  head.write(name.padEnd(11), at, 'latin1');
  head[at + 11] = bytes === undefined ? 0x10 : 0x20;
  head.writeUInt16LE(0x21, at + 24); // 1980-01-01: a date that every reader takes
  head.writeUInt16LE(cluster, at + 26);
  head.writeUInt32LE(bytes ?? 0, at + 28);
}
