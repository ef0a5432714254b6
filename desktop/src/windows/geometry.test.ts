import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Edge,
  exactSize,
  firstRect,
  keepReachable,
  moved,
  pageSize,
  type Rect,
  resized,
  smallest,
  titleBarHeight,
  workArea,
} from './geometry.ts';

const area = workArea({ width: 1920, height: 1080 });
const guest = { width: 1280, height: 800 };

test('a guest that fits is first shown 1:1 and centred', () => {
  const rect = firstRect(guest, area, 0);
  assert.deepEqual(
    { width: rect.width, height: rect.height },
    { width: 1280, height: 800 + titleBarHeight },
  );
  assert.equal(rect.x, (1920 - 1280) / 2);
});

test('a guest that does not fit keeps its aspect', () => {
  const rect = firstRect(guest, workArea({ width: 1024, height: 700 }), 0);
  assert.ok(rect.width <= 1024);
  assert.ok(Math.abs(rect.width / (rect.height - titleBarHeight) - 1.6) < 0.01);
});

test('several new windows do not cover each other exactly', () => {
  const rects = [0, 1, 2].map((n) => firstRect({ width: 640, height: 400 }, area, n));
  assert.equal(new Set(rects.map((r) => `${r.x},${r.y}`)).size, 3);
});

test('a page grows with its text, and is as wide as it can be where it cannot be as high', () => {
  const page = { width: 720, height: 640 };
  assert.deepEqual(pageSize(page, area, 1), page);
  assert.deepEqual(pageSize(page, workArea({ width: 3840, height: 2160 }, 2), 2), {
    width: 1440,
    height: 1280,
  });
  const small = workArea({ width: 1024, height: 700 }, 2);
  const { width, height } = firstRect(pageSize(page, small, 2), small, 0);
  assert.deepEqual([width, height], [976, 540 - 36]);
});

test('dragging near the guest’s own size gives exactly that size', () => {
  const start: Rect = { x: 10, y: 10, width: 1200, height: 700 };
  const rect = resized(start, 'se', 74, 133, area, exactSize(guest));
  assert.deepEqual({ width: rect.width, height: rect.height }, { width: 1280, height: 840 });
});

test('a window that stands at the guest’s own size, or nearly, can be made a little smaller', () => {
  const { width, height } = exactSize(guest);
  const start: Rect = { x: 10, y: 10, width, height: height + 8 };
  const rect = resized(start, 'se', -4, -16, area, exactSize(guest));
  assert.deepEqual({ width: rect.width, height: rect.height }, { width: 1276, height: 832 });
});

test('dragging a north or west edge leaves the opposite corner where it was', () => {
  const start: Rect = { x: 400, y: 300, width: 800, height: 500 };
  const rect = resized(start, 'nw', -50, -60, area);
  assert.deepEqual(rect, { x: 350, y: 240, width: 850, height: 560 });
});

const anyRect = fc.record({
  x: fc.double({ min: -5000, max: 5000, noNaN: true }),
  y: fc.double({ min: -5000, max: 5000, noNaN: true }),
  width: fc.double({ min: 1, max: 6000, noNaN: true }),
  height: fc.double({ min: 1, max: 6000, noNaN: true }),
});
const anyArea = fc
  .record({
    width: fc.integer({ min: 640, max: 4096 }),
    height: fc.integer({ min: 480, max: 2304 }),
  })
  .map(workArea);
const anyEdge = fc.constantFrom<Edge>('n', 's', 'e', 'w', 'ne', 'nw', 'se', 'sw');
const anyStep = fc.integer({ min: -3000, max: 3000 });

test('whatever is done to it, a window is whole-numbered, big enough and within reach', () => {
  fc.assert(
    fc.property(anyRect, anyArea, anyEdge, anyStep, anyStep, (rect, where, edge, dx, dy) => {
      const placed = keepReachable(rect, where);
      for (const r of [
        placed,
        moved(placed, dx, dy, where),
        resized(placed, edge, dx, dy, where),
      ]) {
        assert.ok([r.x, r.y, r.width, r.height].every(Number.isInteger));
        assert.ok(r.width >= smallest.width && r.height >= smallest.height);
        assert.ok(r.y >= where.y && r.y + titleBarHeight <= where.y + where.height);
        assert.ok(r.x + r.width >= 100 && r.x <= where.x + where.width - 100);
      }
    }),
  );
});
