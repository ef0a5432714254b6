// EFI variables that systemd-boot leaves for the system it starts (the Boot Loader Interface), read from
// efivarfs. What firmware hands out is bounded and read strictly; a machine without them has none.
// https://systemd.io/BOOT_LOADER_INTERFACE/

import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const loaderVendor = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
const usualFolder = '/sys/firmware/efi/efivars';
/** Four bytes of attributes stand before the value. */
const attributeBytes = 4;
/** LoaderEntries is the longest: a name for each entry. */
const longestBytes = 64 * 1024;

export type LoaderFacts = {
  /** The entry that runs, as systemd-boot calls it: in small letters, with `@profile` where it has one. */
  readonly selected?: string;
  /** Path on the ESP of the running entry, after its counter was changed. */
  readonly countPath?: string;
  /** An explicit choice, which overrules the order of entries: for good, and for the next boot only. */
  readonly chosen?: string;
  readonly chosenOnce?: string;
  /** Entries as systemd-boot lists them. */
  readonly entries?: readonly string[];
};

/** What the boot loader said of this boot. Never throws: what cannot be read is left out. */
export function readLoaderFacts(folder: string = usualFolder): LoaderFacts {
  const text = (name: string) => decodeEfiStrings(readVariable(folder, name))?.[0];
  const facts = {
    selected: text('LoaderEntrySelected'),
    countPath: text('LoaderBootCountPath'),
    chosen: text('LoaderEntryDefault'),
    chosenOnce: text('LoaderEntryOneShot'),
    entries: decodeEfiStrings(readVariable(folder, 'LoaderEntries')),
  };
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

/**
 * The strings of a variable's file: UTF-16LE, each ended by a NUL, the last one perhaps not. Undefined if it
 * is too long, has half a character, or holds control characters or lone surrogates.
 */
export function decodeEfiStrings(file: Uint8Array | undefined): string[] | undefined {
  if (file === undefined || file.length < attributeBytes || file.length > longestBytes)
    return undefined;
  const value = file.subarray(attributeBytes);
  if (value.length % 2 !== 0) return undefined;
  const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString('utf16le');
  const parts = text.split('\0');
  if (parts.at(-1) === '') parts.pop();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these is in a name
  return parts.every((part) => part.isWellFormed() && !/[\x01-\x1f\x7f]/.test(part))
    ? parts
    : undefined;
}

function readVariable(folder: string, name: string): Buffer | undefined {
  try {
    const descriptor = openSync(join(folder, `${name}-${loaderVendor}`), 'r');
    try {
      // efivarfs gives a whole variable in one read, and lets nobody read on from the middle.
      const bytes = Buffer.alloc(longestBytes + 1);
      return bytes.subarray(0, readSync(descriptor, bytes));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined; // there is none, or no efivarfs
  }
}
