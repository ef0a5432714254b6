// The report: each measure with what it must be, what it should be, and whether it is.

import { type Bound, judge, ratio, type Summary, summarize, type Verdict } from './statistics.ts';

export type Row = {
  readonly name: string;
  readonly rayos: Summary;
  readonly novnc: Summary | undefined;
  /** RayOS divided by noVNC. */
  readonly ratio: Summary | undefined;
  readonly bound: Bound;
  readonly must: number;
  readonly aim: number | undefined;
  readonly mustVerdict: Verdict;
  readonly aimVerdict: Verdict | undefined;
  readonly notes: readonly string[];
};

export type Limits = { readonly bound: Bound; readonly must: number; readonly aim?: number };

const of = (samples: ReadonlyMap<string, readonly number[]>, name: string) =>
  samples.get(name) ?? [];

/** A measure of both sides, judged by their ratio. */
export function against(
  name: string,
  samples: ReadonlyMap<string, readonly number[]>,
  limits: Limits,
  notes: readonly string[] = [],
): Row {
  const [rayos, novnc] = [of(samples, 'RayOS'), of(samples, 'noVNC')];
  const quotient = ratio(rayos, novnc);
  return {
    ...judged(name, quotient, limits, notes),
    rayos: summarize(rayos),
    novnc: summarize(novnc),
    ratio: quotient,
  };
}

/** A measure of RayOS alone. */
export function alone(
  name: string,
  samples: readonly number[],
  limits: Limits,
  notes: readonly string[] = [],
): Row {
  return judged(name, summarize(samples), limits, notes);
}

function judged(
  name: string,
  summary: Summary,
  { bound, must, aim }: Limits,
  notes: readonly string[],
): Row {
  return {
    name,
    rayos: summary,
    novnc: undefined,
    ratio: undefined,
    bound,
    must,
    aim,
    mustVerdict: judge(summary, bound, must),
    aimVerdict: aim === undefined ? undefined : judge(summary, bound, aim),
    notes,
  };
}

/** The rows as a table of text. */
export function table(rows: readonly Row[]): string {
  const head = ['', 'RayOS', 'noVNC', 'RayOS/noVNC', 'must', '', 'aim', ''];
  const cells = rows.map((row) => [
    row.name,
    text(row.rayos),
    row.novnc ? text(row.novnc) : '',
    row.ratio ? text(row.ratio, 2) : '',
    `${row.bound} ${row.must}`,
    row.mustVerdict,
    row.aim === undefined ? '' : `${row.bound} ${row.aim}`,
    row.aimVerdict ?? '',
  ]);
  const widths = head.map((title, i) =>
    Math.max(title.length, ...cells.map((line) => line[i]?.length ?? 0)),
  );
  const lines = [head, ...cells].map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = rows.flatMap((row) => row.notes.map((note) => `  ${row.name}: ${note}`));
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

/** Notes on how often something happened to each side; nothing when it never did. */
export function counts(of: ReadonlyMap<string, number>, what: string): string[] {
  return [...of].filter(([, n]) => n > 0).map(([side, n]) => `${side}: ${n} ${what}`);
}

function text({ median, low, high }: Summary, digits?: number): string {
  if (!Number.isFinite(median)) return '–';
  const places = digits ?? (Math.abs(median) < 10 ? 2 : 1);
  const say = (value: number) => (Number.isFinite(value) ? value.toFixed(places) : '–');
  return `${say(median)} [${say(low)}, ${say(high)}]`;
}
