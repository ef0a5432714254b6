// What became of each story, from the events of node's test runner, and the table of it.

export type Result = {
  readonly name: string;
  /** `not run`: everything was stopped before it began. */
  readonly result: 'passed' | 'failed' | 'not run';
  readonly seconds: number;
  readonly tests: number;
  readonly failures: readonly { readonly test: string; readonly why: string }[];
};

type Event = { readonly type: string; readonly data?: unknown };

/** A story without a single test that passed has not passed. */
export async function resultOf(
  events: AsyncIterable<Event>,
): Promise<Pick<Result, 'result' | 'tests' | 'failures'>> {
  const failures: { test: string; why: string }[] = [];
  let passed = 0;
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, details, skip, todo } = data as {
      readonly name: string;
      readonly details: { readonly type?: string; readonly error?: Error };
      readonly skip?: unknown;
      readonly todo?: unknown;
    };
    if (type === 'test:fail') failures.push({ test: name, why: whyOf(details.error) });
    else if (details.type !== 'suite' && skip === undefined && todo === undefined) passed++;
  }
  const isGood = passed > 0 && failures.length === 0;
  return { result: isGood ? 'passed' : 'failed', tests: passed + failures.length, failures };
}

/** The innermost reason: the runner wraps what a test threw. */
function whyOf(error: Error | undefined): string {
  const { cause } = error ?? {};
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return typeof cause === 'string' ? cause : (error?.message ?? 'it did not say why');
}

export function tableOf(results: readonly Result[]): string {
  const width = Math.max(5, ...results.map(({ name }) => name.length));
  const row = (name: string, time: string, result: string) =>
    `${name.padEnd(width)}  ${time.padStart(7)}  ${result}\n`;
  const all = results.reduce((sum, { seconds }) => sum + seconds, 0);
  const count = (wanted: Result['result']) => {
    const many = results.filter(({ result }) => result === wanted).length;
    return many === 0 ? [] : [`${many} ${wanted}`];
  };
  return [
    row('story', 'time', 'result'),
    ...results.map(({ name, seconds, result }) => row(name, clock(seconds), result)),
    row(
      'all',
      clock(all),
      [...count('failed'), ...count('not run'), ...count('passed')].join(', '),
    ),
  ].join('');
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
