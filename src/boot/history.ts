// Boots as a person looks at them: newest first, how far each came and when, and how it ended.

import { type Attempt, attemptsOf } from './attempts.ts';
import type { BootEntry } from './entry-name.ts';
import { inBootOrder } from './entry-order.ts';
import type { BootRecord, Stage } from './record.ts';

export type PastBoot = Pick<Attempt, 'bootId' | 'version' | 'entry' | 'end'> & {
  /** UTC in ISO 8601, of its first record. */
  readonly began: string;
  readonly stages: readonly { readonly stage: Stage; readonly afterMs: number }[];
  /** The newest record's, or why it was ended. */
  readonly reason: string;
};

export function historyOf(records: readonly BootRecord[], runningBootId?: string): PastBoot[] {
  return attemptsOf(records, runningBootId)
    .map(({ bootId, version, entry, end }) => {
      const own = records.filter((record) => record.bootId === bootId);
      const reached = new Map<Stage, number>();
      for (const { event, monotonicMs } of own)
        if (event !== 'STOPPED' && event !== 'DEADLINE' && !reached.has(event))
          reached.set(event, monotonicMs);
      const last = own.findLast(({ event }) => event === 'DEADLINE') ?? own.at(-1);
      return {
        ...{ bootId, version, entry, end },
        began: own[0]?.time ?? '',
        stages: [...reached].map(([stage, afterMs]) => ({ stage, afterMs })),
        reason: last?.reason ?? '',
      };
    })
    .reverse();
}

/**
 * Versions in the two slots, as far as they can be known from outside: the one that runs is in one, and what
 * the other holds has an entry that starts it.
 */
export function slotsByEntries(
  running: string,
  entries: readonly BootEntry[],
): [string | undefined, string | undefined] {
  const others = entries.filter(({ kind, version }) => kind === 'system' && version !== running);
  return [running, inBootOrder(others)[0]?.version];
}
