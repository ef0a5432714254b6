import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { editDistance, nearest, resolveGuest } from './index.ts';

const guests = [
  { name: 'linux', title: 'Linux', id: 'abcd1234' },
  { name: 'linux-desktop', title: 'Linux desktop', id: 'beef5678' },
  { name: 'windows-11', title: 'Gaming', id: 'cafe9999' },
];

const found: readonly (readonly [string, string])[] = [
  ['linux', 'linux'],
  ['Linux Desktop', 'linux-desktop'],
  [' linux-desktop ', 'linux-desktop'],
  ['linux-d', 'linux-desktop'],
  ['win', 'windows-11'],
  ['gaming', 'windows-11'],
  ['CAFE9999', 'windows-11'],
  ['beef', 'linux-desktop'],
];

for (const [reference, name] of found) {
  test(`"${reference}" is the guest ${name}`, () => {
    assert.equal(resolveGuest(reference, guests).name, name);
  });
}

const refused: readonly (readonly [string, string, RegExp])[] = [
  ['lin', 'GUEST_AMBIGUOUS', /Say which: linux, linux-desktop\./],
  ['desktop', 'GUEST_UNKNOWN', /Known guests: linux, linux-desktop, windows-11\./],
  ['caf', 'GUEST_UNKNOWN', /Known guests/],
  ['', 'GUEST_UNKNOWN', /Known guests/],
  ['"', 'GUEST_UNKNOWN', /Known guests/],
];

for (const [reference, code, next] of refused) {
  test(`"${reference}" is refused with ${code}`, () => {
    assert.throws(
      () => resolveGuest(reference, guests),
      (thrown) => thrown instanceof RayError && thrown.code === code && next.test(thrown.next),
    );
  });
}

test('without any guest the next step says how to make one', () => {
  assert.throws(
    () => resolveGuest('linux', []),
    (thrown) => thrown instanceof RayError && /rayos guest create/.test(thrown.next),
  );
});

test('a swap of neighbours is one edit', () => {
  assert.equal(editDistance('shwo', 'show'), 1);
  assert.equal(editDistance('', 'abc'), 3);
});

test('suggestions are near words only, nearest first', () => {
  assert.deepEqual(nearest('stauts', ['status', 'start', 'markers']), ['status', 'start']);
  assert.deepEqual(nearest('xyz', ['status', 'start']), []);
  assert.deepEqual(nearest('scr', ['screenshot', 'status']), ['screenshot']);
});
