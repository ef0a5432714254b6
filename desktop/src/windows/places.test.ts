import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePlaces } from './places.ts';
import { cells, whole } from './snap.ts';

test('places with the right shape are kept, others are forgotten', () => {
  const good = { rect: { x: 1, y: 2, width: 3, height: 4 }, cell: cells[4], order: 3 };
  const away = { minimized: true };
  assert.deepEqual(
    parsePlaces({
      good,
      away,
      torn: { rect: { x: 1 } },
      outside: { cell: { x: 0.5, y: 0, width: 1, height: 1 } },
      none: null,
      text: 'x',
    }),
    { good, away },
  );
  for (const nothing of [null, 'x', 3, []]) assert.deepEqual(parsePlaces(nothing), {});
});

test('a window that an older desktop kept as maximized still is', () => {
  assert.deepEqual(parsePlaces({ a: { maximized: true } }), { a: { cell: whole } });
});

test('whatever lies in the store, reading it never throws', () => {
  fc.assert(fc.property(fc.jsonValue(), (stored) => void parsePlaces(stored)));
});
