import assert from 'node:assert/strict';
import { openSync, readdirSync, readlinkSync } from 'node:fs';
import { test } from 'node:test';
import { closeDescriptor, shutdownSocket } from '../ffi/descriptors.ts';
import { ChannelGiver, takeChannel } from './handover.ts';
import { duplicate } from './listener/fake-qemu.ts';

const descriptors = () => readdirSync('/proc/self/fd').length;

test('a channel that was given can be taken later, and both ends are then closed', () => {
  const before = descriptors();
  const giver = new ChannelGiver();
  const framersEnd = duplicate(giver.theirs);
  giver.started();
  giver.give(openSync('/etc/passwd', 'r'));
  const channel = takeChannel(framersEnd);
  assert.equal(readlinkSync(`/proc/self/fd/${channel}`), '/etc/passwd');
  closeDescriptor(channel);
  assert.equal(descriptors(), before);
});

test('a channel for a framer that is gone is closed, and so is the socket that never got one', () => {
  const before = descriptors();
  const gone = new ChannelGiver();
  gone.started();
  assert.throws(() => gone.give(openSync('/etc/passwd', 'r')), { code: 'EPIPE' });
  const giver = new ChannelGiver();
  const framersEnd = duplicate(giver.theirs);
  shutdownSocket(giver.theirs);
  giver[Symbol.dispose]();
  assert.throws(() => takeChannel(framersEnd), { code: 'QEMU_PROTOCOL' });
  assert.equal(descriptors(), before);
});
