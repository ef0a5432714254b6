import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ssim } from './ssim.ts';

const [width, height] = [64, 48];
const picture = (paint: (x: number, y: number) => number) => {
  const out = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out.fill(paint(x, y) & 255, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return out;
};
const lines = picture((x, y) => (x % 8 < 4 ? 40 : 200) + y);

test('the same picture is 1', () => {
  assert.equal(ssim(lines, lines, width, height), 1);
});

test('two flat pictures differ by their means alone, as the formula says', () => {
  const c1 = (0.01 * 255) ** 2;
  const expected = (2 * 100 * 110 + c1) / (100 ** 2 + 110 ** 2 + c1);
  const found = ssim(
    picture(() => 100),
    picture(() => 110),
    width,
    height,
  );
  assert.ok(Math.abs(found - expected) < 1e-4);
});

test('more noise is less alike, and what has nothing in common is near 0', () => {
  let seed = 1;
  const noisy = (by: number) =>
    Buffer.from(
      lines.map((v) => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        return Math.max(0, Math.min(255, v + ((seed >>> 16) % (2 * by + 1)) - by));
      }),
    );
  const [little, much] = [
    ssim(lines, noisy(8), width, height),
    ssim(lines, noisy(60), width, height),
  ];
  assert.ok(little < 1 && little > 0.9);
  assert.ok(much < little);
  assert.ok(
    Math.abs(
      ssim(
        lines,
        picture((x, y) => (x * 7919 + y * 104729) % 251),
        width,
        height,
      ),
    ) < 0.2,
  );
});
