import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile, ratio, summarize } from './statistics.ts';

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
