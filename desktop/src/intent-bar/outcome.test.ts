import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Guest } from '../../../src/contracts/index.ts';
import { tell } from './outcome.ts';

const guest: Guest = {
  id: '1',
  name: 'linux-desktop',
  title: 'Linux desktop',
  recipe: 'linux-desktop',
  state: 'running',
  ready: true,
  presented: true,
};

test('what was observed is said, not what was asked', () => {
  const told = tell('guest.present', {
    guest,
    surface: 'linux-desktop.0',
    width: 1280,
    height: 800,
    viewers: 1,
    firstFrameAfterMs: 412,
  });
  assert.equal(
    told.sentence,
    'Linux desktop is on screen, 1280 × 800; its picture came after 412 ms.',
  );
  assert.equal(tell('guest.hide', guest).sentence, 'Linux desktop is hidden. It runs on.');
});

test('typed input says how much of it was taken', () => {
  assert.equal(
    tell('input.type', { guest: 'linux-desktop', events: 10 }).sentence,
    'linux-desktop took 10 events.',
  );
});

test('a list has a row for each guest, with the reason of a failure', () => {
  const failed: Guest = { ...guest, state: 'failed', reason: 'QEMU ended.' };
  const told = tell('guest.list', { guests: [failed] });
  assert.equal(told.sentence, 'There is 1 guest.');
  assert.deepEqual(told.rows, [['Linux desktop', 'Failed: QEMU ended.']]);
});
