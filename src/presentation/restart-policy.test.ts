import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartPolicy } from './restart-policy.ts';

test('losses now and then are answered at once, for ever', () => {
  const policy = new RestartPolicy();
  for (let at = 0; at < 1_000_000; at += 3000) assert.equal(policy.lost(at), 0);
});

test('one that dies at once is waited for, longer and longer, and then given up', () => {
  const policy = new RestartPolicy();
  const waits: (number | undefined)[] = [];
  let now = 0;
  for (let i = 0; i < 12; i++) {
    const wait = policy.lost(now);
    waits.push(wait);
    now += (wait ?? 0) + 50;
  }
  assert.deepEqual(waits, [0, 0, 0, 0, 0, 1000, 2000, 4000, 8000, 8000, 8000, undefined]);
});

test('one that has worked for a while starts afresh', () => {
  const policy = new RestartPolicy();
  for (let i = 0; i < 8; i++) policy.lost(i);
  assert.equal(policy.lost(60_000), 0);
});
