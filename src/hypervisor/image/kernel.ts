// Kernels and EFI applications: bzImage (Linux, Documentation/arch/x86/boot.rst), vmlinux with the PVH note
// that QEMU starts ELF files by, and PE images for UEFI.

import type { Found } from './found.ts';
import { plainText, type Source, toNumber, unknownFile } from './source.ts';

const maxHeaders = 64;
const maxNoteBytes = 64 * 1024;
/** XEN_ELFNOTE_PHYS32_ENTRY */
const pvhNote = 18;
const efiApplication = 10;

export function isBzImage(head: Buffer): boolean {
  return (
    head.length >= 0x218 && head.readUInt16LE(0x1fe) === 0xaa55 && tag(head, 0x202, 4) === 'HdrS'
  );
}

export function readBzImage(source: Source, head: Buffer): Found {
  const pointer = head.readUInt16LE(0x20e);
  const at = pointer + 0x200;
  const isThere = pointer !== 0 && at + 128 <= source.sizeBytes;
  const version = isThere ? plainText(source.read(at, 128), 60) : '';
  return { kind: 'kernel', format: 'bzImage', version, isMemtest: /memtest/i.test(version) };
}

export const isElf = (head: Buffer) => tag(head, 0, 4) === '\x7fELF';

export function readVmlinux(source: Source, head: Buffer): Found {
  if (head[4] !== 2 || head[5] !== 1 || head.readUInt16LE(18) !== 62)
    throw unknownFile('this is a program, or a kernel for another kind of processor');
  const at = toNumber(head.readBigUInt64LE(32));
  const bytes = head.readUInt16LE(54);
  const count = Math.min(head.readUInt16LE(56), maxHeaders);
  for (let i = 0; i < count && bytes >= 56; i++) {
    const header = source.read(at + i * bytes, 56);
    const length = toNumber(header.readBigUInt64LE(32));
    if (header.readUInt32LE(0) !== 4 || length > maxNoteBytes) continue;
    if (hasPvhNote(source.read(toNumber(header.readBigUInt64LE(8)), length)))
      return { kind: 'kernel', format: 'vmlinux', version: '', isMemtest: false };
  }
  throw unknownFile(
    'this is a program, or a kernel that cannot be started by itself (no PVH entry)',
  );
}

function hasPvhNote(notes: Buffer): boolean {
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  for (let at = 0; at + 12 <= notes.length; ) {
    const [name, description] = [notes.readUInt32LE(at), notes.readUInt32LE(at + 4)];
    if (notes.readUInt32LE(at + 8) === pvhNote && tag(notes, at + 12, 3) === 'Xen') return true;
    at += 12 + padded(name) + padded(description);
  }
  return false;
}

/** A 64-bit PE image whose subsystem is "EFI application". */
export function isEfiApplication(source: Source, head: Buffer): boolean {
  if (tag(head, 0, 2) !== 'MZ' || head.length < 64) return false;
  const at = head.readUInt32LE(0x3c);
  if (at + 24 + 70 > source.sizeBytes) return false;
  const header = source.read(at, 24 + 70);
  return (
    tag(header, 0, 4) === 'PE\0\0' &&
    header.readUInt16LE(4) === 0x8664 &&
    header.readUInt16LE(24) === 0x20b &&
    header.readUInt16LE(24 + 68) === efiApplication
  );
}

function tag(bytes: Buffer, at: number, length: number): string {
  return bytes.toString('latin1', at, at + length);
}
