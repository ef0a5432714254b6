import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buttonChanges, WheelNotches } from './pointer.ts';

test('a second button pressed while the first is held is seen', () => {
  assert.deepEqual(buttonChanges(0, 1), [{ button: 'left', down: true }]);
  assert.deepEqual(buttonChanges(1, 3), [{ button: 'right', down: true }]);
  assert.deepEqual(buttonChanges(3, 0), [
    { button: 'left', down: false },
    { button: 'right', down: false },
  ]);
  assert.deepEqual(buttonChanges(1, 4), [
    { button: 'left', down: false },
    { button: 'middle', down: true },
  ]);
});

test('a notch is a notch in pixels, lines and pages', () => {
  const turn = (deltaY: number, deltaMode: number) =>
    new WheelNotches().turn({ deltaX: 0, deltaY, deltaMode });
  for (const [delta, mode] of [
    [100, 0],
    [120, 0],
    [3, 1],
    [1, 2],
  ] as const)
    assert.deepEqual(turn(delta, mode), { up: -1, right: 0 });
  assert.deepEqual(turn(-300, 0), { up: 3, right: 0 });
});

test('small deltas of a touchpad add up; turning back starts anew', () => {
  const wheel = new WheelNotches();
  const turns = [30, 30, 30, 30, -50, -50].map((deltaY) =>
    wheel.turn({ deltaX: 0, deltaY, deltaMode: 0 }),
  );
  assert.deepEqual(turns, [
    undefined,
    undefined,
    undefined,
    { up: -1, right: 0 },
    undefined,
    { up: 1, right: 0 },
  ]);
});

test('one event never scrolls a guest away', () => {
  const wheel = new WheelNotches();
  assert.deepEqual(wheel.turn({ deltaX: 1e6, deltaY: -1e6, deltaMode: 0 }), { up: 10, right: 10 });
});
