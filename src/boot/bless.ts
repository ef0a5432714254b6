// Blessing: at GOLDEN one rename on the ESP puts the counter of the entry back to +3, so that counting stays
// armed for every boot; a clean shutdown before GOLDEN gives its one try back. Each is a single rename, synced
// by the directory. What an earlier one left that was cut off is mended first: so no name that is there is
// replaced, and what is said to be blessed has one name only.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../contracts/errors.ts';
import { mendCutRenames } from './cut-rename.ts';
import { type EspCalls, espCalls } from './entries-folder.ts';
import { type BootEntry, entryName, fullTries } from './entry-name.ts';

/**
 * Gives the entry all its tries again, and returns its file name then. An entry that is not counted becomes
 * counted. Throws STATE_UNWRITABLE; the entry then has its old name, its new one, or (a cut of the power on
 * VFAT) both: the decision is right for each.
 */
export function bless(folder: string, entry: BootEntry, calls?: EspCalls): string {
  return renameEntry(folder, entry, { ...entry, tries: fullTries }, calls);
}

/** Gives back the try that this boot has cost. What is not counted, or whole, stays as it is. */
export function giveTryBack(folder: string, entry: BootEntry, calls?: EspCalls): string {
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
  calls: EspCalls = espCalls,
): string {
  const [from, to] = [entryName(before), entryName(after)];
  if (before.kind === 'recovery') return from; // it is never counted
  try {
    mendCutRenames(folder, calls);
    // Where the new name is there, it is the one of the two that was kept.
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
