import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keepReachable, workArea } from './geometry.ts';
import {
  type Cell,
  cellAt,
  cellRect,
  cells,
  type Direction,
  stepped,
  tiles,
  whole,
} from './snap.ts';

const area = workArea({ width: 1600, height: 980 });

test('edges snap to halves, corners to quarters, the top to everything', () => {
  assert.deepEqual(cellAt(3, 450, area), cells[4]);
  assert.deepEqual(cellAt(1598, 450, area), cells[6]);
  assert.deepEqual(cellAt(3, 20, area), cells[7]);
  assert.deepEqual(cellAt(1598, 890, area), cells[3]);
  assert.deepEqual(cellAt(40, 2, area), cells[7], 'a corner reaches along the top');
  assert.deepEqual(cellAt(800, 2, area), whole);
  assert.equal(cellAt(800, 400, area), undefined);
});

test('halves and quarters meet without a gap and without covering each other', () => {
  const odd = workArea({ width: 1367, height: 771 });
  const rect = (key: string) => cellRect(cells[key] ?? whole, odd);
  assert.equal(rect('4').width + rect('6').width, odd.width);
  assert.equal(rect('6').x, rect('4').width);
  assert.equal(rect('7').height + rect('1').height, odd.height);
  assert.equal(rect('3').y, rect('9').height);
});

test('arrows walk through the cells and back to freedom', () => {
  const walk = (...steps: Direction[]) =>
    steps.reduce<Cell | undefined>((now, to) => stepped(now, to), undefined);
  assert.deepEqual(walk('left'), cells[4]);
  assert.deepEqual(walk('left', 'up'), cells[7]);
  assert.deepEqual(walk('left', 'up', 'right'), cells[9]);
  assert.deepEqual(walk('left', 'down', 'up'), cells[4]);
  assert.deepEqual(walk('left', 'right'), cells[6]);
  assert.deepEqual(walk('up'), whole);
  assert.deepEqual(walk('left', 'up', 'up'), whole);
  assert.equal(walk('up', 'down'), undefined);
  assert.equal(walk('right', 'down', 'down'), undefined);
});

test('tiles cover the area, each window in one of its own', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 640, max: 4096 }),
      fc.integer({ min: 400, max: 2304 }),
      (n, width, height) => {
        const room = workArea({ width, height });
        const all = tiles(n, room).map((cell) => cellRect(cell, room));
        assert.equal(all.length, n);
        const covered = all.reduce((sum, r) => sum + r.width * r.height, 0);
        assert.equal(covered, room.width * room.height);
        for (const rect of all)
          assert.ok(keepReachable(rect, room).x >= 0 && rect.x + rect.width <= room.width);
      },
    ),
  );
});

test('from wherever the arrows lead, the cell is inside the area', () => {
  const direction = fc.constantFrom<Direction>('left', 'right', 'up', 'down');
  fc.assert(
    fc.property(fc.array(direction, { maxLength: 30 }), (steps) => {
      let now: Cell | undefined;
      for (const step of steps) {
        now = stepped(now, step);
        if (!now) continue;
        assert.ok(now.x >= 0 && now.y >= 0 && now.width > 0 && now.height > 0);
        assert.ok(now.x + now.width <= 1 && now.y + now.height <= 1);
      }
    }),
  );
});
