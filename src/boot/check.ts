// A check: a small named question of whether this boot is good. Any room may declare one. `degraded` is told
// and lived with (a full disk, a missing screen); `bad` keeps a boot from being golden.

import { within } from '../foundation/clock.ts';

export type CheckState = 'good' | 'degraded' | 'bad';

export type CheckResult = {
  readonly state: CheckState;
  /** What was found, in words. */
  readonly words: string;
};

export type Check = {
  /** Small letters and hyphens: it stands in a marker. */
  readonly name: string;
  /** What it asks, as the end of the sentence "it asks whether …". */
  readonly asks: string;
  /** Without an answer by then it is bad. Default: 10 s. */
  readonly limitMs?: number;
  /** Expensive: once it is not bad it is not asked again by itself. */
  readonly isAskedOnce?: boolean;
  ask(signal: AbortSignal): Promise<CheckResult> | CheckResult;
};

/** The newest answer to a check. */
export type Checked = CheckResult & Pick<Check, 'name' | 'asks'> & { readonly time: string };

const usualLimitMs = 10_000;

export const good = (words: string): CheckResult => ({ state: 'good', words });
export const degraded = (words: string): CheckResult => ({ state: 'degraded', words });
export const bad = (words: string): CheckResult => ({ state: 'bad', words });

/** Asks a check. Never rejects: what it throws, or that it does not answer, is bad. */
export async function ask(check: Check, signal: AbortSignal): Promise<CheckResult> {
  const limitMs = check.limitMs ?? usualLimitMs;
  const over = new AbortController();
  const any = AbortSignal.any([signal, over.signal]);
  const late = () => new Error(`no answer within ${limitMs / 1000} s`);
  try {
    return await within(Promise.resolve(check.ask(any)), limitMs, late, signal);
  } catch (thrown) {
    return bad(thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    over.abort();
  }
}
