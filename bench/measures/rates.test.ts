import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Count, Side } from '../sides.ts';
import { measureRates } from './rates.ts';

const timing = { windowMs: 20, checkMs: 1, patienceMs: 0 };

/** A side that paints so much in each window, in turn, and nothing after that. */
function side(name: Side['name'], painted: readonly number[], count?: Count) {
  let total = 0;
  let asked = 0;
  const events: string[] = [];
  const made: Side & { events: string[] } = {
    name,
    events,
    latency: () => Promise.reject(new Error('not here')),
    clock: () => () => 100,
    // Without patience `paints` is read once for that, and before and after each window.
    paints: async () => {
      if (asked % 3 === 2) total += painted[Math.floor(asked / 3)] ?? 0;
      asked++;
      return total;
    },
    count: async () => count,
    picture: () => Promise.reject(new Error('not here')),
    open: async () => void events.push('open'),
    away: async () => void events.push('away'),
  };
  return made;
}

test('a window without paints is measured again, and counted', async () => {
  const one = side('noVNC', [0, 0, 50], { paints: 10, distinct: 10 });
  const rates = await measureRates([one], 1, timing, () => undefined);
  assert.equal(rates.rejected.get('noVNC'), 2);
  assert.equal(rates.framesASecond.get('noVNC')?.length, 1);
  assert.equal(rates.browserMsAFrame.get('noVNC')?.[0], 2);
});

test('a side that never paints has no rate, rather than a rate of nothing', async () => {
  const rates = await measureRates([side('noVNC', [])], 2, timing, () => undefined);
  assert.equal(rates.rejected.get('noVNC'), 10);
  assert.deepEqual(rates.framesASecond.get('noVNC'), []);
});

test('paints that show an old frame again do not count', async () => {
  const [all, half] = await Promise.all(
    [10, 5].map((distinct) =>
      measureRates([side('RayOS', [100], { paints: 10, distinct })], 1, timing, () => undefined),
    ),
  );
  assert.equal(half?.browserMsAFrame.get('RayOS')?.[0], 2);
  assert.equal(all?.browserMsAFrame.get('RayOS')?.[0], 1);
  assert.deepEqual(half?.distinctShare.get('RayOS'), [0.5]);
});

test('where frames cannot be told apart all paints count, and nothing is claimed of them', async () => {
  const rates = await measureRates([side('RayOS', [100])], 1, timing, () => undefined);
  assert.equal(rates.browserMsAFrame.get('RayOS')?.[0], 1);
  assert.deepEqual(rates.distinctShare.get('RayOS'), []);
});

test('the other side is away while one is measured', async () => {
  const ours = side('RayOS', [100, 100]);
  const theirs = side('noVNC', [100, 100]);
  await measureRates([ours, theirs], 1, timing, () => undefined);
  assert.deepEqual(ours.events, ['open', 'away', 'open']);
  assert.deepEqual(theirs.events, ['away', 'open', 'open']);
});

test('of what a side shows, only the share that is good counts', async () => {
  const half = { ...timing, judge: async () => 0.5 };
  const count = { paints: 10, distinct: 10 };
  const [whole, halved] = await Promise.all(
    [timing, half].map((each) =>
      measureRates([side('RayOS', [1000], count)], 1, each, () => undefined),
    ),
  );
  const rate = (rates: typeof whole) => rates?.framesASecond.get('RayOS')?.[0] ?? 0;
  assert.ok(rate(halved) > 0 && rate(halved) < rate(whole) * 0.75);
  assert.deepEqual(halved?.goodShare.get('RayOS'), [0.5]);
  assert.deepEqual(whole?.goodShare.get('RayOS'), []);
});
