// Why recovery runs, from what was found. One word for the marker; the words for a person are in report.ts.

import { type BootEntry, isExhausted, parseEntryName } from '../boot/index.ts';

export const whys = ['no-try-left', 'asked', 'system-broken', 'state-broken', 'unknown'] as const;
export type Why = (typeof whys)[number];

/** An entry that starts the system. It is damaged if its UKI or the slot that this starts was found so. */
export type FoundVersion = { readonly entry: BootEntry; readonly isDamaged: boolean };

/** `firmware`: it went on to recovery by itself, when the boot loader could not start the version it chose. */
export type StartedBy = 'loader' | 'firmware' | 'unknown';

export type WhyFacts = {
  /** Undefined if the ESP could not be read. */
  readonly versions: readonly FoundVersion[] | undefined;
  readonly startedBy: StartedBy;
  readonly isStateBroken: boolean;
};

/**
 * Who started recovery, from LoaderEntrySelected. systemd-boot sets it before it starts an entry, and it lasts
 * when that fails: a version's name says that the loader gave up, recovery's own that the loader started it.
 */
export function startedByOf(selected: string | undefined): StartedBy {
  const entry = parseEntryName(selected?.replace(/@[^@]*$/, '') ?? '');
  if (entry === undefined) return 'unknown';
  return entry.kind === 'recovery' ? 'loader' : 'firmware';
}

/**
 * What is damaged comes before what was counted: three tries are spent in either case, and only the former
 * says what to mend.
 */
export function whyOf({ versions, startedBy, isStateBroken }: WhyFacts): Why {
  if (startedBy === 'firmware') return 'system-broken';
  if (versions === undefined) return 'unknown';
  const canStart = versions.some(({ entry, isDamaged }) => !isDamaged && !isExhausted(entry));
  if (!canStart && versions.some(({ isDamaged }) => isDamaged)) return 'system-broken';
  if (isStateBroken) return 'state-broken';
  if (versions.length === 0) return 'system-broken';
  if (!canStart) return 'no-try-left';
  // A version could be tried: the boot loader passes it by only if somebody chose so. Why firmware passed the
  // boot loader by is firmware's secret: a moved disk, a list that was reset.
  return startedBy === 'loader' ? 'asked' : 'unknown';
}
