import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Damage } from './damage.ts';
import { type Geometry, refusal } from './geometry.ts';
import { argbToRgba } from './listener/collect.ts';
import { ScanoutLost } from './lost.ts';
import { pixelFormat } from './pixels.ts';
import { createScanout, mapSource, messageSource } from './scanout.ts';

test('damage holds exactly the tiles that a rectangle touches', () => {
  const side = fc.integer({ min: 1, max: 2100 });
  const edge = fc.integer({ min: -300, max: 2300 });
  const area = fc.record({ x: edge, y: edge, width: edge, height: edge });
  fc.assert(
    fc.property(side, side, area, (width, height, area) => {
      const damage = new Damage(width, height);
      damage.add(area);
      const found = new Set([...damage.tiles()].map(({ x, y }) => `${x},${y}`));
      for (let y = 0; y < height; y += 64) {
        for (let x = 0; x < width; x += 64) {
          const right = Math.min(x + 64, width, area.x + area.width);
          const bottom = Math.min(y + 64, height, area.y + area.height);
          const isTouched = Math.max(x, area.x) < right && Math.max(y, area.y) < bottom;
          assert.equal(found.has(`${x},${y}`), isTouched, `tile ${x},${y}`);
        }
      }
      assert.equal(damage.isEmpty, found.size === 0);
    }),
  );
});

test('spans of rows hold all damaged tiles, and no two of them touch', () => {
  const damage = new Damage(200, 300);
  damage.add({ x: 0, y: 0, width: 1, height: 1 });
  damage.add({ x: 190, y: 64, width: 10, height: 1 });
  damage.add({ x: 0, y: 299, width: 1, height: 1 });
  assert.deepEqual(
    [...damage.rows()],
    [
      { y: 0, height: 128 },
      { y: 256, height: 44 },
    ],
  );
  assert.deepEqual([...damage.tiles()].at(-1), { x: 0, y: 256, width: 64, height: 44 });
  const other = new Damage(200, 300);
  other.add({ x: 0, y: 128, width: 1, height: 128 });
  damage.merge(other);
  assert.deepEqual([...damage.rows()], [{ y: 0, height: 300 }]);
});

/** The four bytes in memory of the colour R=1, G=2, B=3 in each format. */
const samples: readonly [number, string, number[]][] = [
  [0x20020888, 'x8r8g8b8', [3, 2, 1, 9]],
  [0x20028888, 'a8r8g8b8', [3, 2, 1, 9]],
  [0x20030888, 'x8b8g8r8', [1, 2, 3, 9]],
  [0x20038888, 'a8b8g8r8', [1, 2, 3, 9]],
  [0x20080888, 'b8g8r8x8', [9, 1, 2, 3]],
  [0x20088888, 'b8g8r8a8', [9, 1, 2, 3]],
  [0x20090888, 'r8g8b8x8', [9, 3, 2, 1]],
  [0x20098888, 'r8g8b8a8', [9, 3, 2, 1]],
];

for (const [code, name, bytes] of samples) {
  test(`pixels of the format ${name} become RGBA with alpha 255`, () => {
    const format = pixelFormat(code);
    assert.equal(format?.name, name);
    // 0x80 in every channel as well: no sign may spill over.
    const pixels = Uint8Array.from([...bytes, 0x80, 0x80, 0x80, 0x80]);
    const words = new Int32Array(pixels.buffer);
    format.toRgba(words, 0, words, 0, 2);
    assert.deepEqual([...pixels], [1, 2, 3, 255, 0x80, 0x80, 0x80, 255]);
  });
}

/** A file with `bytes` in it that has no name, like the memory that QEMU passes. */
function memoryWith(bytes: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-scanout-'));
  const fd = openSync(join(folder, 'memory'), 'w+');
  rmSync(folder, { recursive: true });
  writeSync(fd, bytes);
  return fd;
}

test('rows are read from where they are, with gaps or without', () => {
  const width = 5;
  const height = 7;
  for (const stride of [width * 4, width * 4 + 12]) {
    const offset = 100;
    const bytes = new Uint8Array(offset + stride * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) bytes.set([x, y, 7, 0], offset + y * stride + x * 4);
    const fd = memoryWith(bytes);
    const geometry = { width, height, stride, offset, format: 0x20020888 };
    assert.equal(refusal(geometry, bytes.length), undefined);
    const scanout = createScanout(
      geometry,
      mapSource(() => fd),
    );
    const rows = new Uint8Array(3 * width * 4);
    scanout.readRows(2, 3, rows);
    for (let y = 0; y < 3; y++)
      for (let x = 0; x < width; x++)
        assert.deepEqual(
          [...rows.subarray((y * width + x) * 4).subarray(0, 4)],
          [7, y + 2, x, 255],
        );
    assert.throws(() => scanout.readRows(5, 3, rows), RangeError);
    assert.throws(() => scanout.readRows(0, 4, rows), RangeError);
    assert.throws(() => scanout.readRows(-1, 1, rows), RangeError);
    closeSync(fd);
  }
});

test('rows in two steps are the rows in one', () => {
  const bytes = Uint8Array.from({ length: 5 * 4 * 4 }, (_, i) => (i * 37) & 0xff);
  const fd = memoryWith(bytes);
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  const unlocked = messageSource(
    shared,
    () => true,
    (work) => work(),
  );
  for (const format of [0x20020888, 0x20038888, 0x20080888, 0x20090888]) {
    const geometry = { width: 5, height: 4, stride: 20, offset: 0, format };
    for (const source of [mapSource(() => fd), unlocked]) {
      const scanout = createScanout(geometry, source);
      const rows = new Uint8Array(2 * 20);
      scanout.readRows(1, 2, rows);
      const read = new Uint8Array(2 * 20);
      scanout.raw?.read(1, 2, read);
      assert.deepEqual(read, bytes.slice(20, 60), 'as the guest wrote them');
      assert.equal(scanout.raw?.isSame?.(1, 2, read) ?? true, true);
      assert.equal(scanout.raw?.isSame?.(0, 2, read) ?? false, false);
      const words = new Uint32Array(10);
      scanout.raw?.toRgba(new Uint32Array(read.buffer), 0, words, 0, 10);
      assert.deepEqual(new Uint8Array(words.buffer), rows);
    }
  }
  const gaps = { width: 4, height: 4, stride: 20, offset: 0, format: 0x20020888 };
  assert.equal(
    createScanout(
      gaps,
      mapSource(() => fd),
    ).raw,
    undefined,
    'rows with gaps have no steps',
  );
  closeSync(fd);
});

test("a firmware's 16-bit screen is read in full range", () => {
  const fd = memoryWith(
    Uint8Array.from(new Uint8Array(Uint16Array.of(0xf800, 0x07e0, 0x001f, 0xffff).buffer)),
  );
  const geometry = { width: 2, height: 2, stride: 4, offset: 0, format: 0x10020565 };
  const rows = new Uint8Array(16);
  createScanout(
    geometry,
    mapSource(() => fd),
  ).readRows(0, 2, rows);
  assert.deepEqual([...rows], [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255]);
  closeSync(fd);
});

test('memory that was cut short is a lost scanout, not a dead process', () => {
  const fd = memoryWith(new Uint8Array(64 * 64 * 4));
  const geometry = { width: 64, height: 64, stride: 256, offset: 0, format: 0x20020888 };
  const scanout = createScanout(
    geometry,
    mapSource(() => fd),
  );
  ftruncateSync(fd, 1000);
  assert.throws(() => scanout.readRows(0, 64, new Uint8Array(64 * 64 * 4)), ScanoutLost);
  closeSync(fd);
});

test('what cannot be shown is refused in words', () => {
  const good: Geometry = { width: 64, height: 64, stride: 256, offset: 0, format: 0x20020888 };
  const size = 64 * 256;
  assert.equal(refusal(good, size), undefined);
  assert.equal(refusal({ ...good, format: 0x12345678 }, size), 'unsupported format 0x12345678');
  const wrong: Partial<Geometry>[] = [
    { width: 0 },
    { width: 8193 },
    { height: 8193 },
    { stride: 255 },
    { stride: 0xffffffff },
    { offset: 1 },
    { offset: 0xffffffff },
  ];
  for (const part of wrong) assert.equal(typeof refusal({ ...good, ...part }, size), 'string');
});

test('geometry that is accepted lies inside of its memory', () => {
  const number = fc.oneof(
    fc.integer({ min: 0, max: 10_000 }),
    fc.integer({ min: 0, max: 0xffffffff }),
  );
  const geometry = fc.record({
    width: number,
    height: number,
    stride: number,
    offset: number,
    format: fc.constantFrom(0x20020888, 0x10020565, 1),
  });
  fc.assert(
    fc.property(geometry, fc.nat(), (it, size) => {
      if (refusal(it, size) !== undefined) return;
      const bytes = BigInt(it.width * (it.format === 0x10020565 ? 2 : 4));
      const end = BigInt(it.offset) + BigInt(it.stride) * BigInt(it.height - 1) + bytes;
      assert.ok(end <= BigInt(size));
    }),
  );
});

test('cursors come out straight, whether their colours were multiplied by alpha or not', () => {
  const multiplied = Uint8ClampedArray.of(0, 64, 128, 128, 10, 20, 30, 255);
  argbToRgba(multiplied);
  assert.deepEqual([...multiplied], [255, 128, 0, 128, 30, 20, 10, 255]);
  const straight = Uint8ClampedArray.of(0, 64, 255, 128);
  argbToRgba(straight);
  assert.deepEqual([...straight], [255, 64, 0, 128]);
});
