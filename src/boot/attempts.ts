// Boot records seen as attempts: each boot, how far it came, and how it ended.

import { type BootEvent, type BootRecord, type Stage, stages } from './record.ts';

export type Attempt = {
  readonly bootId: string;
  readonly version: string;
  /** The entry's file name in its newest record. */
  readonly entry: string;
  readonly reached: Stage | undefined;
  /** `clean`: shut down in order before GOLDEN, which says nothing against the version. */
  readonly end: 'golden' | 'clean' | 'failed' | 'running';
};

/** The attempts that records tell of, in their order. Nothing is concluded of the one that runs. */
export function attemptsOf(records: readonly BootRecord[], runningBootId?: string): Attempt[] {
  const boots = new Map<string, BootRecord[]>();
  for (const record of records)
    boots.set(record.bootId, [...(boots.get(record.bootId) ?? []), record]);
  return [...boots].flatMap(([bootId, of]) => {
    const newest = of.at(-1);
    if (!newest) return [];
    const has = (event: BootEvent) => of.some((record) => record.event === event);
    const reached = stages.findLast(has);
    const end =
      reached === 'GOLDEN'
        ? 'golden'
        : bootId === runningBootId
          ? 'running'
          : has('STOPPED') && !has('DEADLINE')
            ? 'clean'
            : 'failed';
    return [{ bootId, version: newest.version, entry: newest.entry, reached, end }];
  });
}
