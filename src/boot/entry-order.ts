// Which entry systemd-boot starts, when nobody chooses in its menu and no explicit default is set: exhausted
// entries last, then by sort key, then newest version first, then more tries left. The sort keys are those
// in the UKIs (IMAGE_ID): "rayos" comes before "rayos-recovery". Read from boot_entry_compare() of
// systemd-boot 257; RayOS predicts with it and never overrules it.

import { type BootEntry, entryName } from './entry-name.ts';
import { compareVersions } from './version-order.ts';

export const sortKeys = {
  system: 'rayos',
  recovery: 'rayos-recovery',
  /** A second entry in the file of a system, for a person only: nothing starts it by itself. */
  safeMode: 'rayos-safe-mode',
} as const;

/** Whether systemd-boot puts it behind all others: counted, and no try left. */
export const isExhausted = ({ tries }: BootEntry): boolean => tries?.left === 0;

/** Less than 0 if systemd-boot starts `a` rather than `b`. */
export function compareEntries(a: BootEntry, b: BootEntry): number {
  return (
    Number(isExhausted(a)) - Number(isExhausted(b)) ||
    byCode(sortKeys[a.kind], sortKeys[b.kind]) ||
    -compareVersions(a.version, b.version) ||
    compareTries(a, b) ||
    byCode(entryName(a), entryName(b))
  );
}

/** The entries as systemd-boot lists them; it starts the first. */
export function inBootOrder(entries: readonly BootEntry[]): BootEntry[] {
  return [...entries].sort(compareEntries);
}

/**
 * Of one version under two names (a power cut inside a rename) the one with more tries left, then the one
 * tried less. Where one of them has no counter systemd-boot leaves their order open; here that one is last.
 */
function compareTries({ tries: a }: BootEntry, { tries: b }: BootEntry): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return b.left - a.left || a.done - b.done;
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
