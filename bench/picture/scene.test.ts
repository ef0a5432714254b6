import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { numberIn, viewOf } from './scene.ts';

test('every frame has its number in it, and no two numbers look alike', () => {
  fc.assert(
    fc.property(fc.nat(0xffffff), (number) => {
      assert.equal(numberIn(viewOf(number, 640, 32), 640), number);
    }),
    { numRuns: 20 },
  );
  assert.notDeepEqual(
    viewOf(1, 640, 64).subarray(640 * 4 * 16),
    viewOf(2, 640, 64).subarray(640 * 4 * 16),
  );
});
