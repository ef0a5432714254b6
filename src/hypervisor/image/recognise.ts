// What a file is. The order matters: an ISO for USB sticks also looks like a disk, and a kernel's first
// sector is signed like one.

import { RayError } from '../../contracts/errors.ts';
import { readDiskContent } from './disk-content.ts';
import type { Found } from './found.ts';
import { isIso, readIso } from './iso.ts';
import { isBzImage, isEfiApplication, isElf, readBzImage, readVmlinux } from './kernel.ts';
import { isQcow2, readQcow2 } from './qcow2.ts';
import { type Source, unknownFile } from './source.ts';
import { isVhd, readVhd } from './vhd.ts';
import { isVhdx, readVhdx } from './vhdx.ts';
import { isVmdk, isVmdkDescriptor, readVmdk, refuseDescriptor } from './vmdk.ts';

const headBytes = 4096;

/** Files that are often tried, by the bytes at a place; and what to do with them. */
const others: readonly (readonly [number, string, string])[] = [
  [0, '1f8b', 'this is compressed by gzip: unpack it first (gunzip)'],
  [0, 'fd377a585a', 'this is compressed by xz: unpack it first (unxz)'],
  [0, '28b52ffd', 'this is compressed by zstd: unpack it first (unzstd)'],
  [0, '425a68', 'this is compressed by bzip2: unpack it first (bunzip2)'],
  [0, '504b0304', 'this is a ZIP archive: unpack it first'],
  [64, '7f10dabe', "this is VirtualBox's VDI: convert it first (qemu-img convert -O qcow2)"],
  [0, '51454400', 'this is a QED image: convert it first (qemu-img convert -O qcow2)'],
  [257, '7573746172', 'this is a tar archive (an OVA is one): unpack it, and use the disk in it'],
];

/** Throws FILE_UNKNOWN, FILE_CORRUPT, GUEST_CANNOT. */
export function recognise(source: Source): Found {
  if (source.sizeBytes === 0) throw unknownFile('the file is empty');
  const head = source.read(0, Math.min(headBytes, source.sizeBytes));
  if (head.length >= 512) {
    if (isQcow2(head)) return disk('qcow2', readQcow2(source));
    if (isVmdk(head)) return disk('vmdk', readVmdk(source));
    if (isVhdx(head)) return disk('vhdx', readVhdx(source));
    if (isElf(head)) return readVmlinux(source, head);
    if (isBzImage(head)) return readBzImage(source, head);
    if (isEfiApplication(source, head)) return { kind: 'efi' };
    if (isIso(source)) return readIso(source);
  }
  if (isVmdkDescriptor(head)) refuseDescriptor(source);
  for (const [at, magic, words] of others)
    if (head.toString('hex', at, at + magic.length / 2) === magic) throw unknownFile(words);
  if (isVhd(source)) return disk('vpc', readVhd(source));
  const content = readDiskContent(source);
  if (!content) throw unknownFile('RayOS does not know what this file is');
  const virtualBytes = source.sizeBytes;
  return { kind: 'disk', format: 'raw', variant: '', virtualBytes, content };
}

function disk(
  format: 'qcow2' | 'vmdk' | 'vpc' | 'vhdx',
  { variant, disk }: { readonly variant: string; readonly disk: Source },
): Found {
  const content = seen(disk);
  const found = { kind: 'disk', format, variant, virtualBytes: disk.sizeBytes } as const;
  return content === undefined ? found : { ...found, content };
}

/** What is on the disk; undefined where its blocks are kept in a way that cannot be read here. */
function seen(disk: Source): ReturnType<typeof readDiskContent> {
  try {
    return readDiskContent(disk);
  } catch (thrown) {
    if (thrown instanceof RayError && thrown.code === 'GUEST_CANNOT') return undefined;
    throw thrown;
  }
}
