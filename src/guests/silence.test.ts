import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HungReason } from './silence.ts';

test('why a guest is paused is not forgotten over a hang', () => {
  const reason = new HungReason();
  assert.equal(reason.next('QEMU hangs', 'you paused it'), 'QEMU hangs');
  assert.equal(reason.next('its agent hangs', 'QEMU hangs'), 'its agent hangs');
  assert.equal(reason.next(undefined, 'its agent hangs'), 'you paused it');
  // What was written down meanwhile is newer than both.
  assert.equal(reason.next('QEMU hangs', undefined), 'QEMU hangs');
  assert.equal(reason.next(undefined, 'its disk is full'), 'its disk is full');
});
