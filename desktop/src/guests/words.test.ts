import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faceOf, labelOf, spell } from './words.ts';

test('a guest that fails or stops does not look presented', () => {
  assert.equal(faceOf({ state: 'failed', ready: true, presented: true }), 'failed');
  assert.equal(faceOf({ state: 'running', ready: true, presented: true }), 'presented');
  assert.equal(faceOf({ state: 'running', ready: false, presented: true }), 'running');
  assert.equal(labelOf({ state: 'running', ready: true, presented: false }), 'Ready');
});

test('times read as people say them', () => {
  assert.deepEqual([80, 5123, 125_000, 7_380_000].map(spell), [
    '80 ms',
    '5.1 s',
    '2 min 5 s',
    '2 h 3 min',
  ]);
});
