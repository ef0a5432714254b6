// Which file on the ESP the running system was started from. systemd-boot says it best, by the path that it
// left after counting; the entry's own name is next; where there are no EFI variables the running version is
// all there is.

import { type BootEntry, entryName, inBootOrder, parseEntryName } from '../boot/index.ts';
import type { LoaderFacts } from '../host/efivars.ts';

export function runningEntry(
  entries: readonly BootEntry[],
  version: string,
  { countPath, selected }: LoaderFacts,
): BootEntry | undefined {
  const counted = countPath?.split('\\').at(-1);
  const exact = entries.find((entry) => entryName(entry) === counted);
  if (exact !== undefined) return exact;
  // Names are in small letters there, without a counter, and perhaps with a profile behind an @.
  const said = parseEntryName(selected?.replace(/@[^@]*$/, '') ?? '');
  const isMeant = (entry: BootEntry) =>
    said === undefined
      ? entry.kind === 'system' && entry.version === version
      : entry.kind === said.kind && entry.version.toLowerCase() === said.version.toLowerCase();
  return inBootOrder(entries).find(isMeant);
}
