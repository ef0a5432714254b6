// The decision: one pure function of persisted facts. It predicts what systemd-boot starts next (which only
// counts), says what is golden, what failed, whether the state or the image is suspected, and what happens
// now. It never chooses against systemd-boot; where a power cut left a counter wrong, it says how to mend it.

import { attemptsOf } from './attempts.ts';
import { type BootEntry, entryName, fullTries, parseEntryName } from './entry-name.ts';
import { inBootOrder, isExhausted } from './entry-order.ts';
import { reasonOf } from './reason.ts';
import type { BootRecord } from './record.ts';

/** A snapshot of the state, oldest first in a list; golden if it was taken of a golden boot. */
export type StateSnapshot = { readonly id: string; readonly isGolden: boolean };

export type BootFacts = {
  readonly entries: readonly BootEntry[];
  /** Versions in slot A and B; undefined for an empty slot. */
  readonly slots: readonly [string | undefined, string | undefined];
  readonly records: readonly BootRecord[];
  readonly snapshots: readonly StateSnapshot[];
  /** The boot that runs; left out when the facts are looked at from outside. */
  readonly running?: Pick<BootEntry, 'kind' | 'version'> & { readonly bootId: string };
  /** GOLDEN has not come in time. */
  readonly isPastDeadline: boolean;
};

export type Verdict = {
  readonly version: string;
  /** `missing`: in a slot, but no entry starts it. */
  readonly state: 'golden' | 'untried' | 'failing' | 'exhausted' | 'missing';
  /** Attempts in a row that failed, by records and counters. */
  readonly failures: number;
  readonly wasGolden: boolean;
};

export type Decision = {
  /** What systemd-boot starts next, after `mend`. */
  readonly next: BootEntry | undefined;
  readonly now: 'run' | 'reboot' | 'recovery' | 'nothing-to-start';
  readonly versions: readonly Verdict[];
  readonly suspect: 'none' | 'image' | 'state';
  /** The newest golden snapshot, if the state is suspected. */
  readonly goldenSnapshot: string | undefined;
  /** Renames of entries that a power cut kept from being blessed. */
  readonly mend: readonly { readonly from: string; readonly to: string }[];
  /** One sentence, or a few, in plain words. */
  readonly reason: string;
};

export function decide(facts: BootFacts): Decision {
  const { snapshots } = facts;
  const unblessed = facts.entries.filter((entry) => isUnblessed(entry, facts));
  const ordered = inBootOrder(
    facts.entries.map((entry) =>
      unblessed.includes(entry) ? { ...entry, tries: fullTries } : entry,
    ),
  );
  const next = ordered[0];
  const versions = versionsOf(facts, ordered).map((version) => verdict(version, facts, ordered));
  const failed = versions.filter(({ failures }) => failures > 0);
  const suspect =
    failed.length === 0 ? 'none' : failed.some(({ wasGolden }) => wasGolden) ? 'state' : 'image';
  const decided = {
    next,
    now: whatNow(facts, next),
    versions,
    suspect,
    goldenSnapshot:
      suspect === 'state' ? snapshots.findLast(({ isGolden }) => isGolden)?.id : undefined,
    mend: unblessed.map((entry) => ({
      from: entryName(entry),
      to: entryName({ ...entry, tries: fullTries }),
    })),
  } as const;
  return { ...decided, reason: reasonOf(decided, facts) };
}

/**
 * GOLDEN is recorded with the name that was started, then the entry is renamed, then GOLDEN is recorded with
 * the new name. So a spent counter under the very name of the newest GOLDEN was cut off before the rename.
 * Where the new name is there as well, it is the spent one that is set aside (cut-rename.ts).
 */
function isUnblessed(entry: BootEntry, { records, running, entries }: BootFacts): boolean {
  const { version, tries } = entry;
  if (entry.kind !== 'system' || tries === undefined || tries.left >= fullTries.left) return false;
  if (running?.version === version) return false; // its own GOLDEN is to come
  const name = entryName(entry);
  const whole = entryName({ ...entry, tries: fullTries });
  const newest = attemptsOf(records).findLast((attempt) => attempt.version === version);
  return (
    newest?.end === 'golden' &&
    records.findLast((one) => one.version === version && one.event === 'GOLDEN')?.entry === name &&
    !entries.some((other) => entryName(other) === whole)
  );
}

function versionsOf({ slots }: BootFacts, ordered: readonly BootEntry[]): string[] {
  const entries = ordered.filter(({ kind }) => kind === 'system').map(({ version }) => version);
  return [...new Set([...entries, ...slots.filter((version) => version !== undefined)])];
}

function verdict(version: string, facts: BootFacts, ordered: readonly BootEntry[]): Verdict {
  const isRunning = facts.running?.kind === 'system' && facts.running.version === version;
  const attempts = attemptsOf(facts.records, facts.running?.bootId).filter(
    (attempt) => attempt.version === version,
  );
  const entry = ordered.find((one) => one.kind === 'system' && one.version === version);
  const sinceGolden = attempts.slice(attempts.findLastIndex(({ end }) => end === 'golden') + 1);
  const recorded = sinceGolden.filter(({ end }) => end === 'failed').length;
  const failures =
    isRunning && isGoldenNow(facts)
      ? 0
      : Math.max(recorded, countedFailures(version, entry, isRunning, facts.records));
  const wasGolden = attempts.some(({ end }) => end === 'golden');
  const state =
    entry === undefined
      ? 'missing'
      : isExhausted(entry) && !isRunning
        ? 'exhausted'
        : failures > 0
          ? 'failing'
          : wasGolden
            ? 'golden'
            : 'untried';
  return { version, state, failures, wasGolden };
}

/**
 * Failures that the counter knows of: also of boots that died before their first record. Not among them are
 * the boot that runs, and those up to a golden one that was cut off before its entry was blessed.
 */
function countedFailures(
  version: string,
  entry: BootEntry | undefined,
  isRunning: boolean,
  records: readonly BootRecord[],
): number {
  const golden = records.findLast((one) => one.version === version && one.event === 'GOLDEN');
  const upToGolden = parseEntryName(golden?.entry ?? '')?.tries?.done ?? 0;
  return Math.max(0, (entry?.tries?.done ?? 0) - upToGolden - Number(isRunning));
}

/** Whether the boot that runs, and not only one before it, is golden. */
function isGoldenNow({ records, running }: BootFacts): boolean {
  return records.some(({ bootId, event }) => bootId === running?.bootId && event === 'GOLDEN');
}

function whatNow(facts: BootFacts, next: BootEntry | undefined): Decision['now'] {
  const { running, isPastDeadline } = facts;
  if (running === undefined)
    return next === undefined ? 'nothing-to-start' : next.kind === 'recovery' ? 'recovery' : 'run';
  if (running.kind === 'recovery') return 'recovery';
  return isPastDeadline && !isGoldenNow(facts) && leadsOn(next, running.version) ? 'reboot' : 'run';
}

/** Whether to start it can end otherwise than now, so that no reboot follows another for ever. */
function leadsOn(next: BootEntry | undefined, runningVersion: string): boolean {
  if (next === undefined || isExhausted(next)) return false;
  return next.kind === 'recovery' || next.version !== runningVersion || next.tries !== undefined;
}
