// What a guest with several screens needs: which of them it uses, where they are, and how they follow.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import type { LockLights } from '../../hypervisor/index.ts';
import type { Gesture } from '../../input/index.ts';
import { clamped } from './follower.ts';
import { offsetOf, placeAmong } from './layout.ts';
import { Locks } from './locks.ts';
import { isPlaceholder } from './placeholder.ts';

function picture(width: number, height: number) {
  const pixels = Buffer.from(new ArrayBuffer(width * height * 4));
  const words = new Uint32Array(pixels.buffer);
  words.fill(0xff000000);
  return {
    width,
    height,
    pixels,
    set: (x: number, y: number, c: number) => (words[y * width + x] = c),
  };
}

test("QEMU's own words on a screen are told from a guest's picture", () => {
  const screen = picture(640, 480);
  assert.equal(isPlaceholder(screen), false, "a black screen is the guest's");
  for (let x = 144; x < 496; x += 3) screen.set(x, 230, 0xffaaaaaa);
  assert.equal(isPlaceholder(screen), true);
  screen.set(300, 231, 0xff0000ff);
  assert.equal(isPlaceholder(screen), false, 'a second colour');
  const other = picture(640, 480);
  other.set(0, 0, 0xffaaaaaa);
  assert.equal(isPlaceholder(other), false, 'elsewhere');
});

test('a place on one screen is that place on all of them, side by side', () => {
  const two = [
    { width: 1280, height: 800 },
    { width: 1024, height: 768 },
  ];
  assert.deepEqual(placeAmong([two[0], undefined], 0, 7, 9), { x: 7, y: 9 });
  assert.equal(offsetOf(two, 1), 1280);
  const size = fc.record({
    width: fc.integer({ min: 320, max: 8192 }),
    height: fc.integer({ min: 200, max: 8192 }),
  });
  fc.assert(
    fc.property(
      fc.array(size, { minLength: 1, maxLength: 4 }),
      fc.nat(3),
      fc.nat(8191),
      (screens, n, at) => {
        const index = n % screens.length;
        const own = screens[index] ?? { width: 1, height: 1 };
        const [x, y] = [at % own.width, at % own.height];
        const place = placeAmong(screens, index, x, y);
        assert.ok(place.x >= 0 && place.x < own.width && place.y >= 0 && place.y < own.height);
        const width = screens.reduce((sum, one) => sum + one.width, 0);
        const back = (place.x / own.width) * width - offsetOf(screens, index);
        assert.ok(Math.abs(back - x) <= width / own.width + 1, `${back} for ${x}`);
      },
    ),
  );
});

test('no window makes a screen that a monitor cannot be', () => {
  assert.deepEqual(clamped({ width: 1, height: 1, scalePercent: 100 }), {
    width: 320,
    height: 200,
    scalePercent: 100,
  });
  assert.deepEqual(clamped({ width: 1501, height: 901, scalePercent: 150 }), {
    width: 1500,
    height: 901,
    scalePercent: 150,
  });
});

test('lock keys are pressed once where the two differ', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const off: LockLights = { scrollLock: false, numLock: false, capsLock: false };
  const pressed: (readonly Gesture[])[] = [];
  using locks = new Locks({ tell: () => {} });
  const press = (gestures: readonly Gesture[]) => void pressed.push(gestures);
  locks.heard({ ...off, numLock: true });
  locks.want({ caps: false, num: true }, press);
  assert.equal(pressed.length, 0, 'they agree');
  locks.want({ caps: true, num: true }, press);
  assert.deepEqual(pressed, [
    [
      [
        { kind: 'key', qnum: 0x3a, down: true },
        { kind: 'key', qnum: 0x3a, down: false },
      ],
    ],
  ]);
});

test('a wish that comes before the first light is seen to when the light comes', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pressed: (readonly Gesture[])[] = [];
  using locks = new Locks({ tell: () => {} });
  const press = (gestures: readonly Gesture[]) => void pressed.push(gestures);
  locks.want({ caps: true, num: false }, press);
  assert.equal(pressed.length, 1);
  locks.want({ caps: false, num: false }, press);
  t.mock.timers.tick(400);
  assert.equal(pressed.length, 1, 'nothing is known yet');
  locks.heard({ scrollLock: false, numLock: false, capsLock: true });
  assert.equal(pressed.length, 2);
  locks.heard({ scrollLock: false, numLock: false, capsLock: false });
  assert.equal(pressed.length, 2);
});

test('once the light has followed, the next wish is ahead of what is typed next', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pressed: (readonly Gesture[])[] = [];
  using locks = new Locks({ tell: () => {} });
  const press = (gestures: readonly Gesture[]) => void pressed.push(gestures);
  locks.heard({ scrollLock: true, numLock: false, capsLock: false });
  locks.want({ caps: true, num: true }, press);
  assert.equal(pressed.length, 1);
  locks.heard({ scrollLock: true, numLock: false, capsLock: true });
  locks.want({ caps: false, num: true }, press);
  assert.equal(pressed.length, 1, 'one of two lights has followed');
  locks.heard({ scrollLock: true, numLock: true, capsLock: true });
  locks.want({ caps: false, num: true }, press);
  assert.equal(pressed.length, 2);
});

test('a guest that shows no lights is tried once, and left as it was', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const pressed: (readonly Gesture[])[] = [];
  using locks = new Locks({ tell: () => {} });
  const press = (gestures: readonly Gesture[]) => void pressed.push(gestures);
  locks.want({ caps: false, num: false }, press);
  assert.equal(pressed.length, 0);
  locks.want({ caps: true, num: false }, press);
  assert.equal(pressed.length, 1);
  t.mock.timers.tick(2000);
  assert.equal(pressed.length, 2);
  locks.want({ caps: false, num: true }, press);
  t.mock.timers.tick(2000);
  assert.equal(pressed.length, 2);
});

test('lights that flicker as fast as they can are told a few times a second, and only when they differ', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const told: FramerMessage[] = [];
  using locks = new Locks({ tell: (message) => void told.push(message) });
  const lights = (capsLock: boolean) => ({ scrollLock: false, numLock: false, capsLock });
  for (let i = 0; i < 1000; i++) locks.heard(lights(false));
  assert.equal(told.length, 0, 'they are as they were');
  for (let i = 0; i < 1000; i++) locks.heard(lights(i % 2 === 0));
  assert.equal(told.length, 1);
  locks.heard(lights(true));
  t.mock.timers.tick(1000);
  assert.deepEqual(told.slice(1), [{ type: 'locks', caps: true, num: false, scroll: false }]);
});
