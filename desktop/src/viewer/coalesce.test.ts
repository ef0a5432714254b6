import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ViewerMessage } from '../../../src/contracts/index.ts';
import { InputQueue } from './coalesce.ts';

function harness() {
  const sent: ViewerMessage[] = [];
  let now = 0;
  let timers: { at: number; callback: () => void }[] = [];
  const queue = new InputQueue((m) => sent.push(m), {
    intervalMs: 8,
    now: () => now,
    later: (ms, callback) => timers.push({ at: now + ms, callback }),
  });
  const advance = (ms: number) => {
    now += ms;
    const due = timers.filter((t) => t.at <= now);
    timers = timers.filter((t) => t.at > now);
    for (const t of due) t.callback();
  };
  return { sent, queue, advance };
}
const move = (x: number): ViewerMessage => ({ type: 'pointer', x, y: 0 });
const left = (down: boolean): ViewerMessage => ({ type: 'button', button: 'left', down });

test('the first move goes out at once, of a burst only the newest follows', () => {
  const { sent, queue, advance } = harness();
  for (const x of [1, 2, 3, 4]) queue.push(move(x));
  assert.deepEqual(sent, [move(1)]);
  advance(8);
  assert.deepEqual(sent, [move(1), move(4)]);
  advance(100);
  assert.equal(sent.length, 2);
});

test('a button sends the waiting move first, so that the click is where the pointer was', () => {
  const { sent, queue } = harness();
  queue.push(move(1));
  queue.push(move(2));
  queue.push(left(true));
  assert.deepEqual(sent, [move(1), move(2), left(true)]);
});

test('buttons and keys are all sent, in order, each after the newest move before it', () => {
  const event = fc.oneof(
    fc.record({ kind: fc.constant('move' as const), x: fc.nat(2000) }),
    fc.record({ kind: fc.constant('button' as const), down: fc.boolean() }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20) }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const { sent, queue, advance } = harness();
      let at: number | undefined;
      const expected: (number | undefined)[] = [];
      for (const e of events) {
        if (e.kind === 'wait') advance(e.ms);
        else if (e.kind === 'move') {
          at = e.x;
          queue.push(move(e.x));
        } else {
          expected.push(at);
          queue.push(left(e.down));
        }
      }
      advance(1000);
      let seen: number | undefined;
      const got: (number | undefined)[] = [];
      for (const m of sent) {
        if (m.type === 'pointer') seen = m.x;
        else got.push(seen);
      }
      assert.deepEqual(got, expected);
      assert.equal(seen, at);
    }),
  );
});
