// Why recovery runs, from what was found. One word for the marker; the words for a person are in report.ts.

import { type BootEntry, isExhausted } from '../boot/index.ts';

export const whys = ['no-try-left', 'asked', 'system-broken', 'state-broken', 'unknown'] as const;
export type Why = (typeof whys)[number];

export type WhyFacts = {
  /** Undefined if the ESP could not be read. */
  readonly entries: readonly BootEntry[] | undefined;
  /** `firmware`: it started recovery itself, as it does when the boot loader gives up, and else should not. */
  readonly startedBy: 'loader' | 'firmware' | 'unknown';
  /** Whether a slot that an entry starts was found damaged. */
  readonly isSystemBroken: boolean;
  readonly isStateBroken: boolean;
};

/**
 * What is damaged comes before what was counted: three tries are spent in either case, and only the former
 * says what to mend.
 */
export function whyOf({ entries, startedBy, isSystemBroken, isStateBroken }: WhyFacts): Why {
  if (entries === undefined) return 'unknown';
  const versions = entries.filter(({ kind }) => kind === 'system');
  const canStart = versions.some((entry) => !isExhausted(entry));
  if (isSystemBroken && (!canStart || startedBy === 'firmware')) return 'system-broken';
  if (isStateBroken) return 'state-broken';
  if (versions.length === 0) return 'system-broken';
  if (!canStart) return 'no-try-left';
  // A version could be tried: the boot loader passes it by only if somebody chose so. Why firmware passed the
  // boot loader by is firmware's secret, if nothing is damaged: a moved disk, a list that was reset.
  return startedBy === 'loader' ? 'asked' : 'unknown';
}
