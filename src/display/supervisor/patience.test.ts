import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostFailures, Patience, withinMs } from './patience.ts';

test('waits grow with each failure, and enough of them in a short time end the trying', () => {
  const patience = new Patience();
  const answers = Array.from({ length: mostFailures }, (_, i) => patience.failed(i * 1000));
  assert.deepEqual(answers, [
    { waitMs: 1000 },
    { waitMs: 2000 },
    { waitMs: 4000 },
    { waitMs: 8000 },
    'give-up',
  ]);
  patience.reset();
  assert.deepEqual(patience.failed(6000), { waitMs: 1000 });
});

test('failures that are long ago do not count', () => {
  const patience = new Patience();
  for (let i = 0; i < 50; i++)
    assert.deepEqual(patience.failed(i * (withinMs + 1)), { waitMs: 1000 });
});
