import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ViewerMessage } from '../../../src/contracts/index.ts';
import { Fingers } from './fingers.ts';

function touching() {
  const sent: Extract<ViewerMessage, { type: 'touch' }>[] = [];
  const fingers = new Fingers({
    send: (message) => {
      if (message.type === 'touch') sent.push(message);
    },
    locate: (x, y) => ({ x: x * 2, y: y * 2 }),
  });
  return { sent, fingers };
}

test('two fingers have a slot each, and are told only when they moved', () => {
  const { sent, fingers } = touching();
  fingers.down(41, { x: 1, y: 1 });
  fingers.down(42, { x: 5, y: 5 });
  fingers.move(41, { x: 1, y: 1 });
  fingers.move(41, { x: 2, y: 1 });
  fingers.up(41);
  fingers.down(43, { x: 9, y: 9 });
  fingers.up(42);
  fingers.up(43);
  assert.deepEqual(
    sent.map(({ phase, slot, x, y }) => [phase, slot, x, y]),
    [
      ['begin', 0, 2, 2],
      ['begin', 1, 10, 10],
      ['update', 0, 4, 2],
      ['end', 0, 4, 2],
      ['begin', 0, 18, 18],
      ['end', 1, 10, 10],
      ['end', 0, 18, 18],
    ],
  );
});

test('whatever the browser tells: no slot is used twice, and after a cancel none is down', () => {
  const step = fc.record({
    act: fc.constantFrom('down', 'move', 'up', 'cancel'),
    id: fc.integer({ min: 0, max: 14 }),
    at: fc.record({ x: fc.integer(), y: fc.integer() }),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { sent, fingers } = touching();
      for (const { act, id, at } of steps) {
        if (act === 'down') fingers.down(id, at);
        else if (act === 'move') fingers.move(id, at);
        else if (act === 'up') fingers.up(id);
        else fingers.cancel();
      }
      fingers.cancel();
      const down = new Set<number>();
      for (const { phase, slot } of sent) {
        assert.ok(slot >= 0 && slot <= 9);
        assert.equal(down.has(slot), phase !== 'begin');
        if (phase === 'begin') down.add(slot);
        else if (phase !== 'update') down.delete(slot);
      }
      assert.equal(down.size, 0);
    }),
  );
});
