// One list of cases for every way to send a picture: exact for those without loss, near for the one with.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { readFrame, tileEncodings } from '../../contracts/viewer-protocol.ts';
import { Damage } from '../../hypervisor/display/index.ts';
import { Canvas } from './canvas.test-helper.ts';
import { encodeCompressed, encodeFrame } from './encode.ts';
import { lossyRectangles } from './lossy.ts';
import { rectanglesOf } from './rectangles.ts';
import { Surface } from './surface.ts';

type Paint = (x: number, y: number) => number;
const rgb = (r: number, g: number, b: number) => (r & 255) | ((g & 255) << 8) | ((b & 255) << 16);
let seed = 7;
const random = () => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return seed >>> 8;
};
const wave = (x: number, y: number) =>
  rgb(
    128 + 90 * Math.sin(x / 40 + y / 70),
    128 + 90 * Math.cos(x / 60),
    120 + 90 * Math.sin(y / 50),
  );

const paints: Readonly<Record<string, Paint>> = {
  'one colour': () => rgb(10, 200, 30),
  noise: () => random() & 0xffffff,
  'a gradient': (x, y) => rgb(x, y, (x + y) >> 1),
  text: (x, y) => (((x * 7) ^ (y * 13)) % 5 === 0 && y % 16 < 11 ? 0 : 0xffffff),
  'a photograph': wave,
  'half text, half photograph': (x, y) => (x < 128 ? ((x ^ y) % 3 ? 0xffffff : 0) : wave(x, y)),
};
const sizes = [
  [1, 1],
  [63, 65],
  [64, 64],
  [257, 130],
  [640, 401],
] as const;

/** What a viewer shows after the frame. */
async function drawn(message: Uint8Array, before?: Buffer): Promise<Buffer> {
  const exact = message.slice().buffer as ArrayBuffer;
  const { header, tiles } = readFrame(exact);
  const picture = before ?? Buffer.alloc(header.width * header.height * 4);
  for (const { x, y, width, height, encoding, pixels } of tiles) {
    const payload = Buffer.from(pixels);
    const rows = await rowsOf(encoding, payload, width, height);
    assert.equal(rows.length, width * height * 4);
    for (let row = 0; row < height; row++)
      rows.copy(
        picture,
        ((y + row) * header.width + x) * 4,
        row * width * 4,
        (row + 1) * width * 4,
      );
  }
  return picture;
}

async function rowsOf(encoding: number, payload: Buffer, width: number, height: number) {
  if (encoding === tileEncodings.raw) return payload;
  if (encoding === tileEncodings.deflate) return inflateRawSync(payload);
  if (encoding === tileEncodings.solid)
    return Buffer.concat(Array.from({ length: width * height }, () => payload));
  assert.equal(encoding, tileEncodings.webp);
  return await sharp(payload).ensureAlpha().raw().toBuffer();
}

function psnr(a: Buffer, b: Buffer): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return sum === 0 ? Number.POSITIVE_INFINITY : 10 * Math.log10((255 * 255 * a.length) / sum);
}

function painted(
  paint: Paint,
  width: number,
  height: number,
): { canvas: Canvas; surface: Surface } {
  const canvas = new Canvas(width, height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      canvas.pixels.writeUInt32LE((0xff000000 | paint(x, y)) >>> 0, (y * width + x) * 4);
  const surface = new Surface(width, height);
  surface.refresh(canvas, Damage.all(width, height));
  return { canvas, surface };
}

const times = { damagedAt: 1, sentAt: 2 };
const all = (surface: Surface) => rectanglesOf(surface, { wants: () => true });
const none: ReadonlySet<number> = new Set();

const encoders: Readonly<Record<string, (surface: Surface) => Promise<Uint8Array | undefined>>> = {
  raw: async (surface) => encodeFrame(surface, 0, times),
  deflate: (surface) => encodeCompressed(surface, all(surface), false, () => times),
  webp: (surface) =>
    encodeCompressed(surface, lossyRectangles(surface, 0, none), true, () => times),
};

for (const [name, encode] of Object.entries(encoders))
  for (const [content, paint] of Object.entries(paints))
    test(`${name}: ${content}, in every size`, async () => {
      for (const [width, height] of sizes) {
        const { canvas, surface } = painted(paint, width, height);
        const message = await encode(surface);
        assert.ok(message !== undefined);
        const shown = await drawn(message);
        if (name !== 'webp') assert.deepEqual(shown, canvas.pixels, `${width}x${height}`);
        else if (content === 'text' || content === 'one colour')
          assert.deepEqual(shown, canvas.pixels);
        // Noise is what no lossy coder keeps; it is sent again without loss when it rests.
        else
          assert.ok(
            psnr(shown, canvas.pixels) > (content === 'noise' ? 8 : 30),
            `${width}x${height}`,
          );
      }
    });

test('text beside a photograph stays exact while the photograph is sent with loss', async () => {
  const { canvas, surface } = painted(paints['half text, half photograph'] ?? wave, 256, 128);
  const message = await encoders.webp?.(surface);
  assert.ok(message !== undefined);
  const { tiles } = readFrame(message.slice().buffer as ArrayBuffer);
  assert.ok(tiles.every(({ encoding }) => encoding === tileEncodings.webp));
  const chunks = tiles.map(({ pixels }) => Buffer.from(pixels.subarray(12, 16)).toString());
  assert.deepEqual(new Set(chunks), new Set(['VP8L', 'VP8 ']), 'without loss, and with');
  const shown = await drawn(message);
  for (let y = 0; y < 128; y++)
    assert.deepEqual(
      shown.subarray(y * 1024, y * 1024 + 512),
      canvas.pixels.subarray(y * 1024, y * 1024 + 512),
    );
});

test('encoders switched in mid-stream leave no wrong pixel', async () => {
  const { canvas, surface } = painted(wave, 257, 130);
  let picture = await drawn((await encoders.webp?.(surface)) ?? new Uint8Array());
  for (const [i, name] of ['raw', 'deflate', 'raw', 'deflate'].entries()) {
    const since = surface.version;
    canvas.draw({ x: 30 * i, y: 20, width: 60, height: 70 }, i * 999, true);
    surface.refresh(canvas, Damage.all(257, 130));
    const wants = (index: number) => (surface.tileVersions[index] ?? 0) > since;
    const message =
      name === 'raw'
        ? encodeFrame(surface, since, times)
        : await encodeCompressed(surface, rectanglesOf(surface, { wants }), false, () => times);
    picture = await drawn(message ?? new Uint8Array(), picture);
  }
  // What rests is sent again, and then all is exact.
  picture = await drawn((await encoders.deflate?.(surface)) ?? new Uint8Array(), picture);
  assert.deepEqual(picture, canvas.pixels);
});

test('the pixels of a frame are those of the moment at which it was asked for', async () => {
  const { canvas, surface } = painted(wave, 257, 130);
  const then = Buffer.from(canvas.pixels);
  const message = encodeCompressed(surface, all(surface, false), false, () => times);
  canvas.draw({ x: 0, y: 0, width: 257, height: 130 }, 5);
  surface.refresh(canvas, Damage.all(257, 130));
  assert.deepEqual(await drawn(await message), then);
});
