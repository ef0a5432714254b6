import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pictureIn, roomOf, toGuest } from './coordinates.ts';

const surface = { width: 1280, height: 800 };

test('a window of exactly the guest’s size shows it 1:1, sharp, without bars', () => {
  const picture = pictureIn(surface, surface);
  assert.deepEqual(picture, { x: 0, y: 0, width: 1280, height: 800, scale: 1, sharp: true });
  assert.deepEqual(toGuest({ x: 17, y: 31 }, picture, surface), { x: 17, y: 31 });
});

test('a window a little larger stays 1:1 and starts at a whole pixel', () => {
  const picture = pictureIn({ width: 1301, height: 815 }, surface);
  assert.deepEqual([picture.scale, picture.x, picture.y], [1, 10, 7]);
});

test('on a display with two device pixels a CSS pixel, half size is sharp', () => {
  assert.equal(pictureIn({ width: 640, height: 400 }, surface, 2).sharp, true);
  assert.equal(pictureIn({ width: 640, height: 400 }, surface, 1).sharp, false);
});

test('a wide window has bars left and right; points in them give the nearest guest pixel', () => {
  const picture = pictureIn({ width: 2000, height: 400 }, surface);
  assert.deepEqual([picture.width, picture.height, picture.x, picture.y], [640, 400, 680, 0]);
  assert.deepEqual(toGuest({ x: 0, y: 399 }, picture, surface), { x: 0, y: 798 });
  assert.deepEqual(toGuest({ x: 1999, y: 0 }, picture, surface), { x: 1279, y: 0 });
});

test('every point gives a pixel of the guest, and the picture never leaves the window', () => {
  const length = fc.integer({ min: 1, max: 8192 });
  const place = fc.double({ min: -1e4, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(length, length, length, length, place, place, (w, h, gw, gh, x, y) => {
      const guest = { width: gw, height: gh };
      const picture = pictureIn({ width: w, height: h }, guest);
      assert.ok(picture.x >= 0 && picture.y >= 0);
      assert.ok(picture.x + picture.width <= w && picture.y + picture.height <= h);
      const p = toGuest({ x, y }, picture, guest);
      assert.ok(p.x >= 0 && p.x < gw && p.y >= 0 && p.y < gh);
    }),
  );
});

test('a guest that follows its window is shown pixel by pixel, at any scale of the screen', () => {
  for (const ratio of [1, 1.25, 1.5, 2, 3])
    for (const host of [
      { width: 1000, height: 667 },
      { width: 1281, height: 799 },
    ]) {
      const room = roomOf(host, ratio);
      assert.ok(room);
      // The guest has even widths, and no more than there is room for.
      const surface = { width: room.width & ~1, height: room.height };
      const { width, height, x, y, sharp } = pictureIn(host, surface, ratio);
      assert.ok(sharp, `${ratio}`);
      for (const [css, pixels] of [
        [width, surface.width],
        [height, surface.height],
      ] as const)
        assert.ok(Math.abs(css * ratio - pixels) < 1e-6);
      for (const at of [x, y]) assert.ok(Math.abs(at * ratio - Math.round(at * ratio)) < 1e-6);
    }
  assert.equal(roomOf({ width: 0, height: 0 }, 1), undefined);
  assert.equal(roomOf({ width: 800, height: 600 }, 1.5)?.scalePercent, 150);
});
