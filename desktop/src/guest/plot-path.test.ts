import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { linePath } from './plot-path.ts';

test('the newest value is at the right, larger values are higher', () => {
  assert.equal(linePath([0, 50, 100], 100, 200, 102), 'M0.0 101.0L100.0 51.0L200.0 1.0');
  assert.equal(linePath([5], 10, 100, 12), 'M0.0 6.0L100 6.0');
  assert.equal(linePath([], 10, 100, 12), '');
});

test('whatever is measured, the line stays in the picture', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { minLength: 1 }), fc.double(), (values, most) => {
      for (const [x, y] of linePath(values, most, 240, 64)
        .slice(1)
        .split('L')
        .map((point) => point.split(' ').map(Number))) {
        assert.ok(x !== undefined && x >= 0 && x <= 240);
        assert.ok(y !== undefined && y >= 0 && y <= 64);
      }
    }),
  );
});
