// What a viewer is sent when its connection takes nothing: a guest that makes news as fast as it can fills no memory.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import { InputQueue } from '../../input/index.ts';
import { Viewer } from './viewer.ts';

/** A viewer whose connection takes as much as the test says. */
function stage() {
  const nothing = async () => {};
  const sink = {
    keyboard: { press: nothing, release: nothing },
    mouse: { setAbsPosition: nothing, press: nothing, release: nothing },
  };
  const queue = new InputQueue({ sink, screen: () => undefined });
  const sent: (FramerMessage | 'cursor')[] = [];
  const left: (() => void)[] = [];
  const socket = {
    bufferedAmount: 0,
    send(data: string | Uint8Array, done: () => void) {
      sent.push(typeof data === 'string' ? (JSON.parse(data) as FramerMessage) : 'cursor');
      left.push(done);
    },
    ping: () => {},
    close: () => {},
    terminate: () => {},
  };
  const events = { onReady: () => {}, onStalled: () => {}, onRefused: () => {} };
  const viewer = new Viewer('v', socket, queue.open(), events, 0);
  viewer.tell({ type: 'hidden' });
  sent.length = 0;
  socket.bufferedAmount = 5 << 20;
  return {
    viewer,
    sent,
    /** All that was on its way has left. */
    drain() {
      socket.bufferedAmount = 0;
      for (const done of left.splice(0)) done();
    },
  };
}

const pointer = (visible: boolean) =>
  ({ type: 'pointer', visible, absolute: true, touch: false }) as const;
const locks = (caps: boolean) => ({ type: 'locks', caps, num: false, scroll: false }) as const;
const idle = (detail: string) => ({ type: 'idle', reason: 'no-scanout', detail }) as const;

test('a viewer that is behind is told the newest of each, in order, when there is room', () => {
  const { viewer, sent, drain } = stage();
  for (let i = 0; i < 1000; i++) {
    viewer.tell(pointer(i % 2 === 0));
    viewer.tell(idle(`${i}`));
    viewer.tellSurface('s', 100 + i, 100);
    viewer.tell(locks(i % 2 === 1));
  }
  viewer.showCursor(new Uint8Array(4));
  assert.equal(sent.length, 0);
  drain();
  const surface = { type: 'surface', surface: 's', width: 1099, height: 100 };
  assert.deepEqual(sent, [pointer(false), idle('999'), surface, locks(true), 'cursor']);
  drain();
  assert.equal(sent.length, 5);
  viewer.tell(locks(false));
  assert.deepEqual(sent.at(-1), locks(false));
});

test('what it was not told yet is told before its end', () => {
  const { viewer, sent, drain } = stage();
  viewer.tell({ type: 'hidden' });
  viewer.close(1000, 'hidden');
  drain();
  assert.deepEqual(sent, [{ type: 'hidden' }]);
});
