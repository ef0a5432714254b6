// What goes as one picture with loss, and what goes exactly.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tileSize } from '../../contracts/viewer-protocol.ts';
import { Damage } from '../../hypervisor/display/index.ts';
import { type Area, Canvas } from './canvas.test-helper.ts';
import { lossyRectangles } from './lossy.ts';
import { Surface } from './surface.ts';

const [columns, rows] = [10, 6];
const [width, height] = [columns * tileSize, rows * tileSize - 20];
const none: ReadonlySet<number> = new Set();

/** A surface whose viewer has seen all that was there; what is drawn then is new. */
function stage() {
  const canvas = new Canvas(width, height);
  const surface = new Surface(width, height);
  surface.refresh(canvas, Damage.all(width, height));
  const since = surface.version;
  const show = () => surface.refresh(canvas, Damage.all(width, height));
  return { canvas, surface, since, show };
}

const tiles = (x: number, y: number, wide: number, high: number): Area => ({
  x: x * tileSize,
  y: y * tileSize,
  width: wide * tileSize,
  height: high * tileSize,
});

/** Two colours, in every pixel's neighbourhood. */
function write(canvas: Canvas, area: Area): void {
  for (let y = area.y; y < area.y + area.height; y += 4)
    canvas.draw({ ...area, y, height: 2, width: area.width - 1 }, 0x202020);
}

test('where photographs move, all of the area goes as one picture', () => {
  const { canvas, surface, since, show } = stage();
  canvas.draw(tiles(0, 0, columns, rows), 5, true);
  write(canvas, tiles(3, 1, 2, 3));
  show();
  assert.deepEqual(lossyRectangles(surface, since, none), [
    { x: 0, y: 0, width, height, color: undefined, isPhoto: true },
  ]);
});

test('text is exact, however much of it moves, and beside photographs too', () => {
  const { canvas, surface, since, show } = stage();
  canvas.draw(tiles(0, 0, 6, 5), 9, true);
  write(canvas, tiles(7, 0, 3, 5));
  show();
  const [picture, ...others] = lossyRectangles(surface, since, none);
  assert.deepEqual(picture, { ...tiles(0, 0, 6, 5), color: undefined, isPhoto: true });
  assert.ok(others.length > 0);
  assert.ok(others.every(({ isPhoto, x }) => !isPhoto && x >= 7 * tileSize));

  const text = stage();
  write(text.canvas, tiles(0, 0, columns, rows));
  text.show();
  assert.ok(lossyRectangles(text.surface, text.since, none).every(({ isPhoto }) => !isPhoto));
});

test('photographs far from one another, or among what rests, are not made one picture', () => {
  const { canvas, surface, since, show } = stage();
  canvas.draw(tiles(0, 0, 3, 5), 9, true);
  canvas.draw(tiles(7, 0, 3, 5), 9, true);
  show();
  const found = lossyRectangles(surface, since, none);
  assert.equal(found.length, 2);
  assert.ok(found.every(({ isPhoto, width: wide }) => isPhoto && wide === 3 * tileSize));
});

test('every tile that is new or has rested is in exactly one rectangle', () => {
  const area = fc.tuple(
    fc.nat(columns - 1),
    fc.nat(rows - 1),
    fc.integer({ min: 1, max: columns }),
    fc.integer({ min: 1, max: rows }),
    fc.boolean(),
  );
  const indices = fc.uniqueArray(fc.nat(columns * rows - 1), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(area, { minLength: 1, maxLength: 5 }), indices, (areas, resting) => {
      const { canvas, surface, since, show } = stage();
      for (const [x, y, wide, high, isNoise] of areas) {
        const cut = { ...tiles(x, y, Math.min(wide, columns - x), Math.min(high, rows - y)) };
        if (isNoise) canvas.draw(cut, 3, true);
        else write(canvas, { ...cut, height: Math.min(cut.height, height - cut.y) });
      }
      show();
      const isNew = (index: number) => (surface.tileVersions[index] ?? 0) > since;
      const rested = new Set(resting.filter((index) => !isNew(index)));
      const covered = new Uint8Array(width * height);
      for (const { x, y, width: wide, height: high } of lossyRectangles(surface, since, rested))
        for (let row = y; row < y + high; row++)
          for (let at = row * width + x; at < row * width + x + wide; at++)
            covered[at] = (covered[at] ?? 0) + 1;
      assert.ok(
        covered.every((times) => times < 2),
        'a pixel is sent twice',
      );
      for (let index = 0; index < columns * rows; index++) {
        if (!isNew(index) && !rested.has(index)) continue;
        const [left, top] = [(index % columns) * tileSize, Math.floor(index / columns) * tileSize];
        const box = rested.has(index) ? undefined : surface.boxSince(index, since);
        const at = (top + (box?.y ?? 0)) * width + left + (box?.x ?? 0);
        assert.equal(covered[at], 1, `tile ${index} is left out`);
      }
    }),
    { numRuns: 40 },
  );
});
