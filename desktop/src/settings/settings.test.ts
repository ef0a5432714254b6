import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultSettings } from '../../../src/contracts/index.ts';
import { parseSettings } from './parse.ts';

test('what has the right shape is kept, the rest is the default', () => {
  assert.deepEqual(parseSettings({ scheme: 'dark', textScale: 1.5, motion: 'wild', quality: 3 }), {
    ...defaultSettings,
    scheme: 'dark',
    textScale: 1.5,
  });
  for (const scale of [0.1, 3, Number.NaN, 'big'])
    assert.equal(parseSettings({ textScale: scale }).textScale, 1);
});

test('whatever lies in the store, settings come out', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (stored) => {
      const { textScale } = parseSettings(stored);
      assert.ok(textScale >= 0.8 && textScale <= 2);
    }),
  );
});
