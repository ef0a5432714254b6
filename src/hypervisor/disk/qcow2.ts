// The header of a qcow2 image (QEMU, docs/interop/qcow2.txt), read by us before a tool of QEMU opens an image
// that a guest could write to: a captured QEMU could make it name other files of this machine.

import { closeSync, openSync, readSync } from 'node:fs';
import { RayError } from '../../contracts/index.ts';

export type Qcow2Header = {
  readonly virtualBytes: number;
  /** The backing file that it names, as it is written there. */
  readonly backing?: string;
  /** Whether the clusters lie in another file. */
  readonly hasDataFile: boolean;
  readonly snapshots: number;
};

const headerBytes = 104;
const magic = 0x514649fb;
const maxNameBytes = 1023;
const dataFileBit = 1n << 2n;

/** Reads a header from its bytes (the first KiB or more). Throws FILE_CORRUPT. */
export function parseQcow2(bytes: Buffer, file: string): Qcow2Header {
  const wrong = (what: string) =>
    new RayError('FILE_CORRUPT', `${file} is no qcow2 disk as RayOS makes them: ${what}`);
  if (bytes.length < headerBytes || bytes.readUInt32BE(0) !== magic) throw wrong('no qcow2 header');
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) throw wrong(`version ${version}`);
  const nameAt = Number(bytes.readBigUInt64BE(8));
  const nameBytes = bytes.readUInt32BE(16);
  const virtualBytes = Number(bytes.readBigUInt64BE(24));
  if (!Number.isSafeInteger(virtualBytes)) throw wrong('its size');
  const features = version === 3 ? bytes.readBigUInt64BE(72) : 0n;
  const base = {
    virtualBytes,
    hasDataFile: (features & dataFileBit) !== 0n,
    snapshots: bytes.readUInt32BE(60),
  };
  if (nameAt === 0) return base;
  if (nameBytes > maxNameBytes || nameAt + nameBytes > bytes.length)
    throw wrong('the name of its base');
  return { ...base, backing: bytes.toString('utf8', nameAt, nameAt + nameBytes) };
}

/** Reads the header of a file. Throws FILE_UNREADABLE, FILE_CORRUPT. */
export function readQcow2(file: string): Qcow2Header {
  const bytes = Buffer.alloc(65_536);
  let length: number;
  try {
    const descriptor = openSync(file, 'r');
    try {
      length = readSync(descriptor, bytes, 0, bytes.length, 0);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new RayError('FILE_UNREADABLE', `the disk ${file} cannot be read`, { file }, cause);
  }
  return parseQcow2(bytes.subarray(0, length), file);
}

/** Throws FILE_CORRUPT unless the image names this base (or none) and no other file. */
export function trustedHeader(file: string, base: string | undefined): Qcow2Header {
  const header = readQcow2(file);
  if (header.hasDataFile || header.backing !== base)
    throw new RayError(
      'FILE_CORRUPT',
      `the disk ${file} names another file than the one that it was made with; RayOS does not follow it`,
      { file },
    );
  return header;
}

/**
 * Throws FILE_CORRUPT when the content of an image lies in a file that it names: QEMU would open that one. (The
 * base that it names is not asked for: a machine says itself what is under each disk.)
 */
export function needOwnData(file: string): void {
  if (!readQcow2(file).hasDataFile) return;
  throw new RayError(
    'FILE_CORRUPT',
    `the disk ${file} says that its content lies in another file; RayOS does not follow it`,
    { file },
  );
}
