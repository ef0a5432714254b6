import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { askAfterMs, Heartbeat, hangsAfterMs } from './heartbeat.ts';

test('an agent that is quiet is asked once; one that does not answer hangs, until it does', () => {
  let asked = 0;
  const beat = new Heartbeat(() => asked++, 0);
  assert.equal(beat.hangs(askAfterMs - 1), false);
  assert.equal(asked, 0);
  for (let now = askAfterMs; now < askAfterMs + hangsAfterMs; now += 5000)
    assert.equal(beat.hangs(now), false);
  assert.equal(asked, 1);
  assert.equal(beat.hangs(askAfterMs + hangsAfterMs), true);
  beat.heard(200_000);
  assert.equal(beat.hangs(200_000), false);
  assert.equal(beat.hangs(200_000 + askAfterMs), false);
  assert.equal(asked, 2);
});

test('an agent that answers each question in time never hangs', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(hangsAfterMs - 1)), (delays) => {
      let now = 0;
      let answerAt: number | undefined;
      const beat = new Heartbeat(() => {
        answerAt = now + (delays.shift() ?? 0);
      }, 0);
      for (let round = 0; round < 200; round++) {
        now += 5000;
        if (answerAt !== undefined && answerAt <= now) {
          beat.heard(answerAt);
          answerAt = undefined;
        }
        if (answerAt === undefined) assert.equal(beat.hangs(now), false);
      }
    }),
  );
});
