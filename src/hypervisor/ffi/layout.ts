// Where the members of the kernel's socket structs are, on 64-bit little-endian Linux: the only
// layout that the code here writes. Checked before the first call, so that another platform gets a
// sentence instead of a corrupted memory.

import { endianness } from 'node:os';
import koffi, { type TypeObject } from 'koffi';
import { RayError } from '../../contracts/errors.ts';

export const iovec = { size: 16, base: 0, length: 8 } as const;
export const msghdr = {
  size: 56,
  vector: 16,
  vectorLength: 24,
  control: 32,
  controlLength: 40,
  flags: 48,
} as const;
export const cmsghdr = { size: 16, length: 0, level: 8, type: 12 } as const;

/** Throws NOT_ON_THIS_HOST unless the platform lays the structs out as assumed above. */
export function checkLayout(): void {
  const wrong = findDifference();
  if (wrong === undefined) return;
  throw new RayError('NOT_ON_THIS_HOST', `descriptors cannot be passed to QEMU here: ${wrong}`, {
    remedy: 'Run RayOS on 64-bit Linux (x86_64 or aarch64).',
  });
}

function findDifference(): string | undefined {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (process.arch !== 'x64' && process.arch !== 'arm64')
    return `unknown processor ${process.arch}`;
  if (endianness() !== 'LE') return 'the processor is big endian';
  const actualIovec = koffi.struct({ base: 'void *', length: 'size_t' });
  const actualMsghdr = koffi.struct({
    name: 'void *',
    nameLength: 'uint32_t',
    vector: 'void *',
    vectorLength: 'size_t',
    control: 'void *',
    controlLength: 'size_t',
    flags: 'int',
  });
  const actualCmsghdr = koffi.struct({ length: 'size_t', level: 'int', type: 'int' });
  return (
    difference('iovec', actualIovec, iovec) ??
    difference('msghdr', actualMsghdr, msghdr) ??
    difference('cmsghdr', actualCmsghdr, cmsghdr)
  );
}

function difference(
  name: string,
  actual: TypeObject,
  assumed: Readonly<Record<string, number>>,
): string | undefined {
  if (actual.size !== assumed.size)
    return `struct ${name} has ${actual.size} bytes, not ${assumed.size}`;
  for (const [member, offset] of Object.entries(assumed)) {
    if (member === 'size') continue;
    const found = koffi.offsetof(actual, member);
    if (found !== offset) return `${name}.${member} is at ${found}, not at ${offset}`;
  }
  return undefined;
}
