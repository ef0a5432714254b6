// Medians with what is needed to believe them: spread, and an interval from resampling.

export type Summary = {
  readonly n: number;
  readonly median: number;
  readonly p95: number;
  readonly low: number;
  readonly high: number;
};

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** Median, 95th percentile, and the 95 % interval of the median (percentile bootstrap, fixed seed). */
export function summarize(values: readonly number[]): Summary {
  const medians = resampled(1000, (pick) => quantile(pick(values), 0.5));
  return {
    n: values.length,
    median: quantile(values, 0.5),
    p95: quantile(values, 0.95),
    low: quantile(medians, 0.025),
    high: quantile(medians, 0.975),
  };
}

/** The ratio of the medians of two samples, with its 95 % interval. */
export function ratio(of: readonly number[], to: readonly number[]): Summary {
  const ratios = resampled(1000, (pick) => quantile(pick(of), 0.5) / quantile(pick(to), 0.5));
  return {
    n: Math.min(of.length, to.length),
    median: quantile(of, 0.5) / quantile(to, 0.5),
    p95: Number.NaN,
    low: quantile(ratios, 0.025),
    high: quantile(ratios, 0.975),
  };
}

function resampled(
  times: number,
  statistic: (pick: (values: readonly number[]) => number[]) => number,
): number[] {
  let seed = 12345;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const pick = (values: readonly number[]) =>
    values.map(() => values[Math.floor(random() * values.length)] ?? 0);
  return Array.from({ length: times }, () => statistic(pick));
}

export type Bound = 'at most' | 'at least';
export type Verdict = 'met' | 'MISSED' | 'not judged';

/** Fewest samples whose interval says anything: the interval of one sample is that sample. */
export const fewestSamples = 3;

/** Whether the worse end of the interval keeps the bound. What cannot be known is not called met. */
export function judge({ n, low, high }: Summary, bound: Bound, limit: number): Verdict {
  if (n < fewestSamples || !Number.isFinite(low) || !Number.isFinite(high)) return 'not judged';
  return (bound === 'at most' ? high <= limit : low >= limit) ? 'met' : 'MISSED';
}
