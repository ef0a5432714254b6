import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ViewerMessage } from '../../../src/contracts/index.ts';
import { TouchMouse } from './touch.ts';

function stage() {
  const seen: string[] = [];
  let late: (() => void) | undefined;
  const send = (message: ViewerMessage) => {
    if (message.type === 'pointer') seen.push(`${message.x},${message.y}`);
    if (message.type === 'button') seen.push(`${message.down ? '+' : '-'}${message.button}`);
    if (message.type === 'wheel') seen.push(`wheel ${message.up} ${message.right}`);
  };
  const fingers = new TouchMouse({
    send,
    locate: (x, y) => ({ x: x * 2, y: y * 2 }),
    later: (_ms, callback) => {
      late = callback;
      return () => {
        late = undefined;
      };
    },
  });
  return { seen, fingers, rest: () => late?.() };
}

test('a tap is a click, a long press the right button, a moving finger drags', () => {
  const { seen, fingers, rest } = stage();
  fingers.down(1, { x: 10, y: 10 });
  fingers.move(1, { x: 12, y: 11 });
  fingers.up(1);
  assert.deepEqual(seen.splice(0), ['24,22', '+left', '-left']);
  fingers.down(1, { x: 10, y: 10 });
  rest();
  fingers.up(1);
  assert.deepEqual(seen.splice(0), ['20,20', '+right', '-right']);
  fingers.down(1, { x: 10, y: 10 });
  fingers.move(1, { x: 40, y: 10 });
  rest();
  fingers.up(1);
  assert.deepEqual(seen, ['20,20', '+left', '80,20', '-left']);
});

test('two fingers turn the wheel, and click nothing', () => {
  const { seen, fingers } = stage();
  fingers.down(1, { x: 10, y: 10 });
  fingers.down(2, { x: 50, y: 10 });
  for (const id of [1, 2]) fingers.move(id, { x: id * 10, y: 60 });
  fingers.up(1);
  fingers.up(2);
  assert.ok(seen.every((what) => what.startsWith('wheel 1 ')) && seen.length === 1, seen.join());
});

test('no button stays down when all fingers are gone', () => {
  const point = fc.record({ x: fc.nat(200), y: fc.nat(200) });
  const step = fc.tuple(fc.constantFrom('down', 'move', 'up', 'cancel', 'rest'), fc.nat(2), point);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { seen, fingers, rest } = stage();
      for (const [what, id, at] of steps) {
        if (what === 'down') fingers.down(id, at);
        if (what === 'move') fingers.move(id, at);
        if (what === 'up') fingers.up(id);
        if (what === 'cancel') fingers.cancel();
        if (what === 'rest') rest();
      }
      for (const id of [0, 1, 2]) fingers.up(id);
      const downs = (button: string) =>
        seen.filter((one) => one === `+${button}`).length -
        seen.filter((one) => one === `-${button}`).length;
      assert.deepEqual([downs('left'), downs('right')], [0, 0]);
    }),
  );
});
