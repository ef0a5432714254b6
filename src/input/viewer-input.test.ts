import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ViewerInput } from './viewer-input.ts';

test('keys go by their place; keys that a PC lacks go nowhere', () => {
  const input = new ViewerInput();
  assert.deepEqual(input.gesturesOf({ type: 'key', code: 'KeyA', down: true }), [
    [{ kind: 'key', qnum: 0x1e, down: true }],
  ]);
  assert.deepEqual(input.gesturesOf({ type: 'key', code: 'Fn', down: true }), []);
});

test('a wheel turns by whole notches and keeps the rest', () => {
  const input = new ViewerInput();
  assert.equal(input.gesturesOf({ type: 'wheel', up: 0.5, right: 0 }).length, 0);
  assert.deepEqual(input.gesturesOf({ type: 'wheel', up: 0.5, right: -1 }), [
    [
      { kind: 'button', button: 3, down: true },
      { kind: 'button', button: 3, down: false },
    ],
    [
      { kind: 'button', button: 7, down: true },
      { kind: 'button', button: 7, down: false },
    ],
  ]);
});
