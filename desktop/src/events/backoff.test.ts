import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayBefore, viewerBackoff } from './backoff.ts';

test('a viewer tries again after 50, 100, 200 … and at most 1000 ms', () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 1000].map((n) => delayBefore(n, viewerBackoff));
  assert.deepEqual(delays, [50, 100, 200, 400, 800, 1000, 1000, 1000]);
});
