// Frames a second and browser time a frame, each side with the machine to itself, in turns.

import type { Side } from '../sides.ts';

export type Rates = {
  readonly framesASecond: Map<string, number[]>;
  readonly browserMsAFrame: Map<string, number[]>;
  /** Of the paints, those that showed a frame not shown before: the median would hide a side that repeats. */
  readonly distinctShare: Map<string, number[]>;
  /** Of those, the ones that were as good as they have to be, where that was looked at. */
  readonly goodShare: Map<string, number[]>;
  /** Windows without a paint, measured again. */
  readonly rejected: Map<string, number>;
};

export type Timing = {
  readonly windowMs: number;
  readonly checkMs: number;
  /** How long a window waits for the first paints. */
  readonly patienceMs?: number;
  /** Looks at what a side shows after each of its windows: which share of it counts, from 0 to 1. */
  readonly judge?: (side: Side) => Promise<number>;
};

const mostTries = 5;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function measureRates(
  sides: readonly Side[],
  rounds: number,
  { windowMs, checkMs, patienceMs = 5000, judge }: Timing,
  tell: (round: number) => void,
): Promise<Rates> {
  const empty = () => new Map(sides.map(({ name }) => [name, [] as number[]]));
  const rates: Rates = {
    framesASecond: empty(),
    browserMsAFrame: empty(),
    distinctShare: empty(),
    goodShare: empty(),
    rejected: new Map(sides.map(({ name }) => [name, 0])),
  };
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      for (const other of sides) if (other !== side) await other.away();
      await side.open();
      await measureOne(side);
    }
    tell(round + 1);
  }
  for (const side of sides) await side.open();
  return rates;

  async function measureOne(side: Side): Promise<void> {
    for (let i = 0; i < mostTries; i++) {
      await moves(side, patienceMs);
      const spent = side.clock();
      const before = await side.paints();
      const start = performance.now();
      await pause(windowMs);
      const paints = (await side.paints()) - before;
      const seconds = (performance.now() - start) / 1000;
      const browserMs = spent();
      const check = paints > 1 ? await side.count(checkMs) : undefined;
      if (paints <= 1) {
        rates.rejected.set(side.name, (rates.rejected.get(side.name) ?? 0) + 1);
        continue;
      }
      const share = check && check.paints > 0 ? Math.min(1, check.distinct / check.paints) : 1;
      if (check) rates.distinctShare.get(side.name)?.push(share);
      const good = await judge?.(side);
      if (good !== undefined) rates.goodShare.get(side.name)?.push(good);
      rates.framesASecond.get(side.name)?.push((paints * share * (good ?? 1)) / seconds);
      rates.browserMsAFrame.get(side.name)?.push(browserMs / (paints * share));
      return;
    }
  }
}

/** Waits for a first paint or two, but not for long: a side that shows nothing is to be counted. */
async function moves(side: Side, patienceMs: number): Promise<void> {
  const before = await side.paints();
  const until = performance.now() + patienceMs;
  while (performance.now() < until && (await side.paints()) < before + 2) await pause(50);
}
