import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BootEntry } from '../boot/index.ts';
import { startedByOf, type WhyFacts, whyOf } from './why.ts';

const exhausted: BootEntry = { kind: 'system', version: '1', tries: { left: 0, done: 3 } };
const begun: BootEntry = { kind: 'system', version: '1', tries: { left: 2, done: 1 } };
const fresh: BootEntry = { kind: 'system', version: '2', tries: { left: 3, done: 0 } };

const sound = (entry: BootEntry) => ({ entry, isDamaged: false });
const damaged = (entry: BootEntry) => ({ entry, isDamaged: true });

const facts: WhyFacts = {
  versions: [sound(exhausted)],
  startedBy: 'loader',
  isStateBroken: false,
};

test('without a try left, that is why', () => {
  assert.equal(whyOf(facts), 'no-try-left');
});

test('what is damaged is named rather than that its tries are spent', () => {
  assert.equal(whyOf({ ...facts, versions: [damaged(exhausted)] }), 'system-broken');
  assert.equal(whyOf({ ...facts, isStateBroken: true }), 'state-broken');
});

test('with a version that could be started, it was asked for', () => {
  assert.equal(whyOf({ ...facts, versions: [sound(fresh)] }), 'asked');
  // A damaged version is no reason to be here while the other one has tries.
  assert.equal(whyOf({ ...facts, versions: [sound(fresh), damaged(exhausted)] }), 'asked');
});

test('an empty file as the only entry, which the boot loader does not list: a broken system', () => {
  const startedBy = startedByOf('rayos-recovery_1.efi');
  assert.equal(whyOf({ ...facts, versions: [damaged(fresh)], startedBy }), 'system-broken');
});

test('a UKI that was cut off, which the boot loader could not start: a broken system', () => {
  const startedBy = startedByOf('rayos_1.efi');
  assert.equal(whyOf({ ...facts, versions: [damaged(begun)], startedBy }), 'system-broken');
  // The other version is not tried before the tries of this one are spent.
  const versions = [damaged(fresh), sound(begun)];
  assert.equal(whyOf({ ...facts, versions, startedBy }), 'system-broken');
  // What the loader cannot start may look whole: its signature is refused, or a byte in its middle is wrong.
  assert.equal(whyOf({ ...facts, versions: [sound(begun)], startedBy }), 'system-broken');
});

test('a version whose slot is damaged cannot be started, whatever its tries', () => {
  assert.equal(whyOf({ ...facts, versions: [damaged(fresh), sound(exhausted)] }), 'system-broken');
});

test('a missing version is a broken system', () => {
  assert.equal(whyOf({ ...facts, versions: [] }), 'system-broken');
});

test('what cannot be known is not guessed', () => {
  assert.equal(whyOf({ ...facts, versions: undefined }), 'unknown');
  assert.equal(whyOf({ ...facts, versions: [sound(fresh)], startedBy: 'unknown' }), 'unknown');
});

test('who started recovery is said by the entry that the boot loader selected', () => {
  assert.equal(startedByOf('rayos-recovery_0.1.0.efi'), 'loader');
  for (const id of ['rayos_0.1.0.efi', 'rayos_0.1.0+2-1.efi', 'rayos_0.1.0.efi@1'])
    assert.equal(startedByOf(id), 'firmware');
  for (const id of [undefined, '', 'auto-efi-default', 'windows.conf'])
    assert.equal(startedByOf(id), 'unknown');
});
