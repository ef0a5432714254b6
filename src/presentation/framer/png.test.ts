import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { encodePng } from './png.ts';

test('another reader sees the same picture', async () => {
  const picture = fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }))
    .chain(([width, height]) =>
      fc.record({
        width: fc.constant(width),
        height: fc.constant(height),
        pixels: fc.uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 }),
      }),
    );
  await fc.assert(
    fc.asyncProperty(picture, async ({ width, height, pixels }) => {
      const read = decode(await encodePng(pixels, width, height), { checkCrc: true });
      assert.deepEqual([read.width, read.height, read.channels, read.depth], [width, height, 3, 8]);
      assert.deepEqual(
        [...read.data],
        [...pixels].filter((_, i) => i % 4 !== 3),
      );
    }),
  );
});
