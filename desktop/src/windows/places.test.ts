import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePlaces } from './places.ts';

test('places with the right shape are kept, others are forgotten', () => {
  const good = { rect: { x: 1, y: 2, width: 3, height: 4 }, maximized: false };
  assert.deepEqual(
    parsePlaces({ good, torn: { rect: { x: 1 }, maximized: true }, none: null, text: 'x' }),
    { good },
  );
  for (const nothing of [null, 'x', 3, []]) assert.deepEqual(parsePlaces(nothing), {});
});
