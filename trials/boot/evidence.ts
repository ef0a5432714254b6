// What a computer that is off has on its disk about its boots: entries with their counters, and records.

import {
  type BootEntry,
  type BootRecord,
  decodeRecords,
  entryName,
  parseEntryName,
} from '../../src/boot/index.ts';
import type { DiskReader } from '../machine/disk-reader.ts';

export const entriesFolder = '/EFI/Linux';
export const recordsFile = '/boot.records';

/** The entries on the ESP. A name that RayOS did not give is an error here: no story puts one there. */
export async function entriesOn(disk: DiskReader): Promise<readonly BootEntry[]> {
  const names = await disk.fatFolder(entriesFolder, await disk.partition('esp'));
  // What has another ending is no entry to the boot loader: the twin of a rename that was cut off.
  return names
    .filter((name) => name.endsWith('.efi'))
    .map((name) => {
      const entry = parseEntryName(name);
      if (entry === undefined) throw new Error(`${name} is no entry's name`);
      return entry;
    });
}

/** The names of the counted entries, such as `rayos_1.2.3+2-1.efi`. */
export async function namesOn(disk: DiskReader): Promise<readonly string[]> {
  const entries = await entriesOn(disk);
  return entries.filter(({ kind }) => kind === 'system').map(entryName);
}

/** The records of boots; one that is damaged is an error. */
export async function recordsOn(disk: DiskReader): Promise<readonly BootRecord[]> {
  const bytes = await disk.extFile(recordsFile, await disk.partition('rayos-log'));
  const { records, damaged, soundBytes } = decodeRecords(bytes);
  if (damaged > 0 || soundBytes !== bytes.length)
    throw new Error(`${damaged} damaged records, ${bytes.length - soundBytes} bytes of a torn one`);
  return records;
}
