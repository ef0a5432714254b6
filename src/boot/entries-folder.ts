// The folder of boot entries on the ESP (EFI/Linux): what lies there, and the system calls that change it.

import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { type BootEntry, isSetAside, parseEntryName } from './entry-name.ts';

/** The system calls that change the folder, so that tests can make each of them fail. */
export type EspCalls = {
  readonly syncPath: (path: string) => void;
  readonly rename: (from: string, to: string) => void;
  readonly remove: (path: string) => void;
};

export const espCalls: EspCalls = {
  syncPath: (path) => {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
  rename: renameSync,
  remove: unlinkSync,
};

export type FoundEntries = {
  readonly entries: readonly BootEntry[];
  /** Names of entries, or of what was set aside, without content: systemd-boot does not list them. */
  readonly empty: readonly string[];
  readonly setAside: readonly string[];
  /** Names that RayOS did not give. */
  readonly strange: readonly string[];
};

/** What is in the folder, by name. Throws what the file system throws. */
export function readEntries(folder: string): FoundEntries {
  const names = readdirSync(folder).sort();
  const own = names.filter((name) => isSetAside(name) || parseEntryName(name) !== undefined);
  const empty = own.filter((name) => isEmpty(join(folder, name)));
  const filled = own.filter((name) => !empty.includes(name));
  return {
    entries: filled.map(parseEntryName).filter((entry) => entry !== undefined),
    empty,
    setAside: filled.filter(isSetAside),
    strange: names.filter((name) => !own.includes(name)),
  };
}

const isEmpty = (path: string) => statSync(path, { throwIfNoEntry: false })?.size === 0;
