// VHD, which QEMU calls vpc (Microsoft, Virtual Hard Disk Image Format Specification 1.0): fixed and dynamic.

import { type Block, blockSource, cannot, corrupt, type Source, toNumber } from './source.ts';

const footerBytes = 512;
const sector = 512;
const maxBlockBytes = 256 * 1024 * 1024;
const absent = 0xffff_ffff;

export function isVhd(source: Source): boolean {
  const isFooter = (at: number) => source.read(at, 8).toString('latin1') === 'conectix';
  if (source.sizeBytes < 2 * footerBytes) return false;
  return isFooter(source.sizeBytes - footerBytes) || isFooter(0);
}

export function readVhd(source: Source): { readonly variant: string; readonly disk: Source } {
  const footer = source.read(source.sizeBytes - footerBytes, footerBytes);
  if (footer.toString('latin1', 0, 8) !== 'conectix')
    throw corrupt('its end is missing: it was cut');
  if (footer.readUInt32BE(64) !== checksum(footer)) throw corrupt('its checksum is wrong');
  const sizeBytes = toNumber(footer.readBigUInt64BE(48));
  const type = footer.readUInt32BE(60);
  if (type === 4)
    throw cannot(
      'this VHD holds only the changes to another disk, which RayOS does not follow',
      'Make one whole file of both, where the other is: qemu-img convert -O qcow2 FILE whole.qcow2',
    );
  if (type === 2) {
    if (sizeBytes > source.sizeBytes - footerBytes) throw corrupt('its disk is larger than it is');
    return { variant: 'fixed', disk: { sizeBytes, read: (at, n) => source.read(at, n) } };
  }
  if (type !== 3) throw corrupt(`it is a VHD of the unknown type ${type}`);
  return { variant: 'dynamic', disk: dynamic(source, footer, sizeBytes) };
}

function dynamic(source: Source, footer: Buffer, sizeBytes: number): Source {
  const header = source.read(toNumber(footer.readBigUInt64BE(16)), 1024);
  if (header.toString('latin1', 0, 8) !== 'cxsparse') throw corrupt('its second header is missing');
  const table = toNumber(header.readBigUInt64BE(16));
  const entries = header.readUInt32BE(28);
  const blockBytes = header.readUInt32BE(32);
  const isPower = Number.isInteger(Math.log2(blockBytes));
  if (!isPower || blockBytes < sector || blockBytes > maxBlockBytes)
    throw corrupt(`it has blocks of ${blockBytes} bytes`);
  if (Math.ceil(sizeBytes / blockBytes) > entries) throw corrupt('its table is too small');
  const bitmapBytes = Math.ceil(blockBytes / sector / 8 / sector) * sector;
  const find = (block: number): Block | undefined => {
    const at = source.read(table + block * 4, 4).readUInt32BE();
    if (at === absent) return undefined;
    return (within, length) => source.read(at * sector + bitmapBytes + within, length);
  };
  return blockSource(sizeBytes, blockBytes, find);
}

/** One's complement of the sum of all bytes but the checksum's own. */
function checksum(footer: Buffer): number {
  let sum = 0;
  for (const [at, byte] of footer.entries()) if (at < 64 || at >= 68) sum += byte;
  return ~sum >>> 0;
}
