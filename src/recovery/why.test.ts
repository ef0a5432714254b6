import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BootEntry } from '../boot/index.ts';
import { type WhyFacts, whyOf } from './why.ts';

const recovery: BootEntry = { kind: 'recovery', version: '1' };
const exhausted: BootEntry = { kind: 'system', version: '1', tries: { left: 0, done: 3 } };
const fresh: BootEntry = { kind: 'system', version: '2', tries: { left: 3, done: 0 } };

const facts: WhyFacts = {
  entries: [exhausted, recovery],
  startedBy: 'loader',
  isSystemBroken: false,
  isStateBroken: false,
};

test('without a try left, that is why', () => {
  assert.equal(whyOf(facts), 'no-try-left');
});

test('what is damaged is named rather than that its tries are spent', () => {
  assert.equal(whyOf({ ...facts, isSystemBroken: true }), 'system-broken');
  assert.equal(whyOf({ ...facts, isStateBroken: true }), 'state-broken');
});

test('with a version that could be started, it was asked for', () => {
  assert.equal(whyOf({ ...facts, entries: [fresh, recovery] }), 'asked');
  // A damaged slot is no reason to be here while the other version has tries.
  assert.equal(
    whyOf({ ...facts, entries: [fresh, exhausted, recovery], isSystemBroken: true }),
    'asked',
  );
});

test('what the boot loader could not start, or a missing version, is a broken system', () => {
  const damaged = { ...facts, entries: [fresh], isSystemBroken: true };
  assert.equal(whyOf({ ...damaged, startedBy: 'firmware' }), 'system-broken');
  assert.equal(whyOf({ ...facts, entries: [recovery] }), 'system-broken');
});

test('what cannot be known is not guessed', () => {
  assert.equal(whyOf({ ...facts, entries: undefined }), 'unknown');
  for (const startedBy of ['unknown', 'firmware'] as const)
    assert.equal(whyOf({ ...facts, entries: [fresh], startedBy }), 'unknown');
});
