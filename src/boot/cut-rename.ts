// What a power cut inside a rename leaves on the ESP, and how it is mended. On VFAT with dirsync a rename is
// three writes (vfat_rename() of Linux): the new name, with size 0 and no cluster; its cluster and size; the
// old name removed. No firmware gives a file a name that is taken: systemd-boot then starts the entry without
// counting it. So neither state may stay.
//
// After the first write the new name is an empty file. To remove it frees nothing, since it has no cluster.
//
// After the second write both names are whole and share their clusters. To remove or replace either would
// free the clusters of the other, so that the next file overwrites them; a rename to a name that is not
// taken moves no cluster. One of the two is set aside that way, under a name that is no entry's, and stays.
// Only fsck.vfat parts them: it cuts one off to nothing. By itself (-a) that is the one that stands later in
// the folder, whichever it is (seen with dosfstools 4.2); asked, it lets a person choose the one set aside.
// For this reason nothing repairs the ESP at boot. What fsck.vfat has cut off is empty, and removed here.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type EspCalls, espCalls, readEntries } from './entries-folder.ts';
import { type BootEntry, entryName, setAsideName } from './entry-name.ts';
import { inBootOrder } from './entry-order.ts';

/**
 * Leaves one name of each version, the one that systemd-boot starts first, and no empty file under a name of
 * RayOS. Throws what the file system throws; it can be called again after any failure.
 */
export function mendCutRenames(folder: string, calls: EspCalls = espCalls): void {
  const { entries, empty } = readEntries(folder);
  const twins = twinsAmong(entries).map(entryName);
  for (const name of empty) calls.remove(join(folder, name));
  for (const name of twins) calls.rename(join(folder, name), freeName(folder, name));
  if (empty.length + twins.length > 0) calls.syncPath(folder);
}

/** The entries of which systemd-boot starts another one of the same version. */
function twinsAmong(entries: readonly BootEntry[]): BootEntry[] {
  const ordered = inBootOrder(entries);
  return ordered.filter((entry, i) =>
    ordered
      .slice(0, i)
      .some(({ kind, version }) => kind === entry.kind && version === entry.version),
  );
}

/** Never a name that is there: a cut while one was set aside leaves that name with the same clusters too. */
function freeName(folder: string, name: string): string {
  for (let number = 1; ; number++) {
    const path = join(folder, setAsideName(name, number));
    if (!existsSync(path)) return path;
  }
}
