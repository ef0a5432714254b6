// What the bench guest shows in its frame of a number: the arithmetic of its picture.h, so that what a viewer
// shows can be compared with what it should.

const pictureWidth = 1536;
const pictureHeight = 1056;
const block = 16;
const bits = 24;

const u32 = (n: number) => n >>> 0;

function hash(n: number): number {
  let h = u32(Math.imul(n, 2654435761));
  h ^= h >>> 15;
  h = u32(Math.imul(h, 2246822519));
  return u32(h ^ (h >>> 13));
}

const wave = (t: number) => (t & 256 ? 255 - (t & 255) : t & 255);
const half = (sum: number, grain: number) => Math.floor((Math.floor(sum / 2) * 15) / 16) + grain;

function photo(x: number, y: number): number {
  const grain = hash(y * pictureWidth + x) & 7;
  const [a, b, c] = [wave(x + (y >> 1)), wave(x * 2 + y * 3), wave(y * 2 + 4096 - x)];
  return (half(a + c, grain) << 16) | (half(a + b, grain) << 8) | half(b + c, grain);
}

function text(x: number, y: number): number {
  const glyph = hash((y >> 4) * 4096 + (x >> 3));
  const [column, row] = [x & 7, y & 15];
  const isInk =
    column < 6 &&
    row > 2 &&
    row < 13 &&
    (glyph & 15) > 2 &&
    (hash(u32(glyph + (row >> 1) * 4 + (column >> 1))) & 3) < 2;
  return isInk ? 0x202838 : 0xf4f2ec;
}

const gradient = (x: number, y: number) =>
  ((x & 255) << 16) | ((y & 255) << 8) | (((x + y) >> 1) & 255);

let large: Uint32Array | undefined;

function largePicture(): Uint32Array {
  if (large !== undefined) return large;
  large = new Uint32Array(pictureWidth * pictureHeight);
  for (let y = 0; y < pictureHeight; y++)
    for (let x = 0; x < pictureWidth; x++) {
      const kind = ((x >> 7) + (y >> 7)) % 3;
      const color = kind === 0 ? photo(x, y) : kind === 1 ? text(x, y) : gradient(x, y);
      // Red first in memory, as canvases have it.
      large[y * pictureWidth + x] = u32(
        0xff000000 | ((color & 0xff) << 16) | (color & 0xff00) | (color >>> 16),
      );
    }
  return large;
}

/** The scene `pattern` (and F6) at frame `number`, as RGBA rows. */
export function viewOf(number: number, width: number, height: number): Uint8Array {
  const from = largePicture();
  const h = hash(number);
  const [left, top] = [h & 255, (h >>> 8) & 255];
  const out = new Uint32Array(width * height);
  for (let row = 0; row < height; row++) {
    const at = (top + row) * pictureWidth + left;
    out.set(from.subarray(at, at + width), row * width);
  }
  for (let y = 0; y < block; y++)
    for (let bit = 0; bit < bits; bit++)
      out.fill(
        (number >>> bit) & 1 ? 0xffffffff : 0xff000000,
        y * width + bit * block,
        y * width + (bit + 1) * block,
      );
  return new Uint8Array(out.buffer);
}

/** The number that a picture of the guest, RGBA rows, has at its top left, through any encoder. */
export function numberIn(rgba: Uint8Array, width: number): number {
  let number = 0;
  for (let bit = 0; bit < bits; bit++)
    if ((rgba[(8 * width + bit * block + 8) * 4] ?? 0) > 127) number |= 1 << bit;
  return number;
}
