// Blessing: at GOLDEN one rename on the ESP puts the counter of the entry back to +3, so that counting stays
// armed for every boot; a clean shutdown before GOLDEN gives its one try back. Each is a single rename, synced
// by the directory. A name that is there already is never replaced: after a power cut two names on VFAT may
// share one file's clusters, and to remove either would free those of the other.

import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../contracts/errors.ts';
import { type BootEntry, entryName, fullTries, parseEntryName } from './entry-name.ts';

/** The system calls of a rename on the ESP, so that tests can make each of them fail. */
export type RenameCalls = {
  readonly syncPath: (path: string) => void;
  readonly rename: (from: string, to: string) => void;
};

const systemCalls: RenameCalls = {
  syncPath: (path) => {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },
  rename: renameSync,
};

/** The entries in a folder (`EFI/Linux` of the ESP), and the names there that RayOS did not give. */
export function readEntries(folder: string): {
  readonly entries: readonly BootEntry[];
  readonly strange: readonly string[];
} {
  const names = readdirSync(folder).sort();
  const entries = names.map(parseEntryName);
  return {
    entries: entries.filter((entry) => entry !== undefined),
    strange: names.filter((_, i) => entries[i] === undefined),
  };
}

/**
 * Gives the entry all its tries again, and returns its file name then. An entry that is not counted becomes
 * counted. Throws STATE_UNWRITABLE; the entry then has its old name, its new one, or (a cut of the power on
 * VFAT) both or none: the decision is right for each.
 */
export function bless(folder: string, entry: BootEntry, calls?: RenameCalls): string {
  return renameEntry(folder, entry, { ...entry, tries: fullTries }, calls);
}

/** Gives back the try that this boot has cost. What is not counted, or whole, stays as it is. */
export function giveTryBack(folder: string, entry: BootEntry, calls?: RenameCalls): string {
  const { tries } = entry;
  if (tries === undefined || tries.done === 0 || tries.left >= fullTries.left)
    return entryName(entry);
  const back = { left: tries.left + 1, done: tries.done - 1 };
  return renameEntry(folder, entry, { ...entry, tries: back }, calls);
}

function renameEntry(
  folder: string,
  before: BootEntry,
  after: BootEntry,
  calls: RenameCalls = systemCalls,
): string {
  const [from, to] = [entryName(before), entryName(after)];
  if (before.kind === 'recovery') return from; // it is never counted
  try {
    if (from !== to && !existsSync(join(folder, to)))
      calls.rename(join(folder, from), join(folder, to));
    // Also when nothing was renamed: an earlier rename may not have been synced.
    calls.syncPath(join(folder, to));
    calls.syncPath(folder);
    return to;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError(
      'STATE_UNWRITABLE',
      `cannot rename the boot entry ${from} to ${to}: ${reason}`,
      { path: join(folder, from) },
      cause,
    );
  }
}
