import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bad,
  type Check,
  type CheckResult,
  type Clock,
  degraded,
  GoldenWatch,
  good,
} from './checks/index.ts';

/** Time that passes only while the watch sleeps. */
class FakeClock implements Clock {
  #now = 0;
  readonly sleeps: number[] = [];
  readonly #after: (now: number) => void;

  constructor(after: (now: number) => void = () => {}) {
    this.#after = after;
  }

  now = () => this.#now;

  sleep = async (ms: number, signal: AbortSignal) => {
    signal.throwIfAborted();
    this.#now += ms;
    this.sleeps.push(ms);
    this.#after(this.#now);
    await Promise.resolve();
  };
}

type Story = {
  readonly checks: Readonly<Record<string, (now: number) => CheckResult>>;
  readonly holdMs: number;
  readonly untilMs: number;
  readonly once?: readonly string[];
  readonly failGolden?: number;
};

/** Runs a watch over some time; when it was golden, what changed, how often each check was asked. */
async function watched({ checks, holdMs, untilMs, once = [], failGolden = 0 }: Story) {
  const ended = Promise.withResolvers<void>();
  const clock = new FakeClock((now) => {
    if (now >= untilMs) ended.resolve();
  });
  const asked: Record<string, number> = {};
  const changes: string[] = [];
  let goldenAt: number | undefined;
  let failures = failGolden;
  await using watch = new GoldenWatch({
    checks: Object.entries(checks).map(
      ([name, found]): Check => ({
        ...{ name, asks: 'it is so', isAskedOnce: once.includes(name) },
        ask: () => {
          asked[name] = (asked[name] ?? 0) + 1;
          return found(clock.now());
        },
      }),
    ),
    holdMs,
    changed: (check, state) => changes.push(`${clock.now()} ${check} ${state}`),
    golden: async () => {
      if (failures-- > 0) throw new Error('logd does not answer');
      goldenAt = clock.now();
    },
    clock,
  });
  watch.start();
  await ended.promise;
  return { goldenAt, changes, asked, isGolden: watch.isGolden, sleeps: clock.sleeps };
}

test('golden when everything has held for the whole time, and asked more rarely then', async () => {
  const { goldenAt, changes, sleeps } = await watched({
    checks: { a: () => good('x'), b: () => degraded('no screen') },
    ...{ holdMs: 60_000, untilMs: 200_000 },
  });
  assert.equal(goldenAt, 60_000);
  assert.deepEqual(changes, ['0 b degraded']);
  assert.equal(sleeps.at(-1), 300_000);
});

test('a check that is bad once begins the hold anew', async () => {
  const { goldenAt, changes } = await watched({
    checks: { a: (now) => (now === 4000 ? bad('x') : good('x')) },
    ...{ holdMs: 5000, untilMs: 20_000 },
  });
  assert.equal(goldenAt, 10_000);
  assert.deepEqual(changes, ['4000 a bad', '5000 a good']);
});

test('bad for ever is never golden', async () => {
  const { goldenAt, isGolden } = await watched({
    checks: { a: () => good('x'), b: () => bad('x') },
    ...{ holdMs: 5000, untilMs: 700_000 },
  });
  assert.deepEqual([goldenAt, isGolden], [undefined, false]);
});

test('what is expensive is asked until it is not bad, and no more', async () => {
  const { asked, goldenAt } = await watched({
    checks: { a: () => good('x'), b: (now) => (now < 3000 ? bad('x') : good('x')) },
    ...{ holdMs: 5000, untilMs: 20_000, once: ['b'] },
  });
  assert.equal(goldenAt, 8000);
  assert.equal(asked.b, 4);
});

test('a golden that cannot be recorded is told again', async () => {
  const { goldenAt, isGolden } = await watched({
    checks: { a: () => good('x') },
    ...{ holdMs: 5000, untilMs: 20_000, failGolden: 3 },
  });
  assert.deepEqual([goldenAt, isGolden], [8000, true]);
});

test('a check that throws is bad with its words, one that does not answer is too', async () => {
  await using watch = new GoldenWatch({
    checks: [
      { name: 'throws', asks: '', ask: () => Promise.reject(new Error('no such table')) },
      { name: 'hangs', asks: '', limitMs: 10, ask: () => new Promise(() => {}) },
    ],
    holdMs: 1000,
    changed: () => {},
    golden: async () => {},
  });
  const checked = await watch.askAll(new AbortController().signal);
  assert.deepEqual(
    checked.map(({ name, state, words }) => [name, state, words]),
    [
      ['throws', 'bad', 'no such table'],
      ['hangs', 'bad', 'no answer within 0.01 s'],
    ],
  );
});
