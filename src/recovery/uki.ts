// What is inside a UKI: a PE file whose sections are kernel, initrd, command line and os-release. It is read
// from a partition that anything may have written to: each number in it is checked before it is used.
// https://uapi-group.org/specifications/specs/unified_kernel_image/

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export type Uki = {
  readonly version: string | undefined;
  /** dm-verity's root hash that its command line insists on: the name of the system that it starts. */
  readonly rootHash: string | undefined;
};

/** Reads the bytes from `at` on; fewer where the file ends. */
type ReadAt = (at: number, length: number) => Buffer;

const mostSections = 96;
const longestText = 64 * 1024;

/** Looks into a UKI; undefined if the file is none, or its sections do not lie in it as a whole. */
export function readUki(file: string): Uki | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    return parseUki(size, (at, length) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, length, at));
    });
  } finally {
    closeSync(descriptor);
  }
}

export function parseUki(size: number, readAt: ReadAt): Uki | undefined {
  const sections = sectionsOf(size, readAt);
  if (sections === undefined || !sections.some(({ name }) => name === '.linux')) return undefined;
  // A UKI with profiles has several of a name; the first is that of the entry itself.
  const text = (wanted: string) => {
    const found = sections.find(({ name }) => name === wanted);
    if (found === undefined) return '';
    return readAt(found.at, Math.min(found.bytes, longestText)).toString().replaceAll('\0', '');
  };
  return {
    version: /^IMAGE_VERSION="?([0-9A-Za-z.~^-]{1,64})"?$/m.exec(text('.osrel'))?.[1],
    rootHash: /(?:^|\s)roothash=([0-9a-f]{64})(?:\s|$)/.exec(text('.cmdline'))?.[1],
  };
}

function sectionsOf(size: number, readAt: ReadAt) {
  const dos = readAt(0, 64);
  if (dos.length < 64 || dos.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const headerAt = dos.readUInt32LE(0x3c);
  const header = readAt(headerAt, 24);
  if (header.length < 24 || header.toString('latin1', 0, 4) !== 'PE\0\0') return undefined;
  const count = header.readUInt16LE(6);
  if (count > mostSections) return undefined;
  const table = readAt(headerAt + 24 + header.readUInt16LE(20), count * 40);
  if (table.length < count * 40) return undefined;
  const sections = Array.from({ length: count }, (_, i) => {
    const row = table.subarray(i * 40, i * 40 + 40);
    const raw = row.readUInt32LE(16);
    return {
      name: row.toString('latin1', 0, 8).replace(/\0+$/, ''),
      // What is in the file, without the padding to whole blocks.
      bytes: Math.min(row.readUInt32LE(8), raw),
      at: row.readUInt32LE(20),
      end: row.readUInt32LE(20) + raw,
    };
  });
  return sections.every(({ end }) => end <= size) ? sections : undefined;
}
