// Takes the kernel proper out of a bzImage. QEMU boots a `vmlinux` with a PVH note directly, without
// the decompressor's run in the guest (0.8 s of processor time under software emulation).

import { zstdDecompressSync } from 'node:zlib';
import { isElf } from './elf.ts';

/** A kernel image in a form that this reader does not know. */
export class BzImageError extends Error {
  override readonly name = 'BzImageError';
}

/** More than any kernel of a distribution, so that a broken file cannot ask for all memory. */
const maxSizeBytes = 512 * 1024 * 1024;

/**
 * The ELF `vmlinux` inside a zstd-compressed bzImage. Offsets are those of the boot protocol
 * (Documentation/arch/x86/boot.rst): setup_sects, magic, version, payload_offset, payload_length.
 */
export function extractVmlinux(bzImage: Uint8Array): Buffer {
  if (bzImage.length < 0x250) throw new BzImageError('too short for a kernel');
  const view = new DataView(bzImage.buffer, bzImage.byteOffset, bzImage.byteLength);
  if (view.getUint32(0x202, true) !== 0x5372_6448) throw new BzImageError('no boot header');
  if (view.getUint16(0x206, true) < 0x0208) throw new BzImageError('a boot protocol before 2.08');
  const setupSectors = view.getUint8(0x1f1) || 4;
  const offset = (setupSectors + 1) * 512 + view.getUint32(0x248, true);
  const length = view.getUint32(0x24c, true);
  if (length < 8 || offset + length > bzImage.length)
    throw new BzImageError('its payload lies outside the file');
  const payload = bzImage.subarray(offset, offset + length);
  if (new DataView(payload.buffer, payload.byteOffset).getUint32(0, true) !== 0xfd2f_b528)
    throw new BzImageError('its payload is not compressed with zstd');
  // The kernel's build appends the unpacked size to the compressed data.
  const size = view.getUint32(offset + length - 4, true);
  if (size > maxSizeBytes) throw new BzImageError(`its unpacked size would be ${size} bytes`);
  const vmlinux = unpack(payload.subarray(0, -4));
  if (!isElf(vmlinux)) throw new BzImageError('its payload is not an ELF file');
  return vmlinux;
}

function unpack(payload: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(payload, { maxOutputLength: maxSizeBytes });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BzImageError(`its payload cannot be unpacked: ${reason}`);
  }
}
