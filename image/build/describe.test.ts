import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rootHashOf } from './describe.ts';

const hash = 'a1'.repeat(32);

test('the root hash is read from the command line inside a UKI, whatever lies around it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (before, after) => {
      const line = Buffer.from(`\0console=tty0 roothash=${hash} panic=10\0`);
      assert.equal(rootHashOf(Buffer.concat([before, line, after])), hash);
    }),
  );
});

test('a UKI that insists on no root hash is not said to be an image', () => {
  for (const words of ['console=tty0', 'roothash=abc', `roothash=${hash}0`])
    assert.throws(() => rootHashOf(Buffer.from(words)), { code: 'IMAGE_BROKEN' });
});
