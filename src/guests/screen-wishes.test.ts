import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../foundation/index.ts';
import type { AgentMessage } from './agent-lines.ts';
import { ScreenWishes } from './screen-wishes.ts';

test('an agent is asked for the newest size, again when it is back, and what it says is bounded', () => {
  const heard = new Emitter<AgentMessage>();
  const asked: number[][] = [];
  const followed: number[] = [];
  let can = false;
  let now = 0;
  const wishes = new ScreenWishes({
    agent: { heard, can: () => can, display: (...wanted) => void asked.push(wanted) },
    onFollowed: (_head, width) => void followed.push(width),
    now: () => now,
  });
  wishes.want({ head: 0, width: 800, height: 600, scalePercent: 100 });
  wishes.want({ head: 0, width: 1500, height: 900, scalePercent: 150 });
  assert.deepEqual(asked, [], 'it cannot');
  can = true;
  heard.emit({ type: 'can', what: ['display'] });
  assert.deepEqual(asked, [[0, 1500, 900, 150]]);
  for (let i = 0; i < 1000; i++) {
    now += 1;
    heard.emit({ type: 'display', head: 0, width: 1500, height: 900 });
  }
  assert.equal(followed.length, 4);
});
