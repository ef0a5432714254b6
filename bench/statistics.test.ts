import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge, quantile, ratio, summarize } from './statistics.ts';

test('a quantile lies between its neighbours, and one value is every quantile of itself', () => {
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([1, 2], 0.5), 1.5);
  assert.equal(quantile([7], 0.95), 7);
});

test('an interval holds its median, and is a point where nothing varies', () => {
  const { low, median, high } = summarize([1, 2, 3, 4, 100]);
  assert.ok(low <= median && median <= high);
  const still = ratio([2, 2, 2], [8, 8, 8]);
  assert.deepEqual([still.low, still.median, still.high], [0.25, 0.25, 0.25]);
});

test('the worse end of the interval is judged, on either side', () => {
  const summary = { n: 9, median: 2, p95: 3, low: 1, high: 3 };
  assert.equal(judge(summary, 'at most', 3), 'met');
  assert.equal(judge(summary, 'at most', 2.9), 'MISSED');
  assert.equal(judge(summary, 'at least', 1), 'met');
  assert.equal(judge(summary, 'at least', 1.1), 'MISSED');
});

test('no interval, no verdict: nothing measured, divided by nothing, or measured too seldom', () => {
  assert.equal(judge(summarize([]), 'at most', 1), 'not judged');
  assert.equal(judge(ratio([100, 102, 99], [0, 0, 0]), 'at least', 2), 'not judged');
  assert.equal(judge(ratio([0, 0, 0], [0, 0, 0]), 'at least', 2), 'not judged');
  assert.equal(judge(ratio([100, 102], [1, 1]), 'at least', 2), 'not judged');
});
