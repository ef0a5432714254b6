// Tiles as they came, made ready to paint. What a tile claims is checked before anything is allocated for
// it: the framer reads a guest's bytes, and may be in the guest's hands.

import { type Tile, tileEncodings } from '../../../src/contracts/index.ts';

type Place = Pick<Tile, 'x' | 'y' | 'width' | 'height'>;
export type Decoded = Place &
  (
    | { readonly kind: 'pixels'; readonly pixels: Uint8ClampedArray<ArrayBuffer> }
    | { readonly kind: 'color'; readonly color: string }
    | { readonly kind: 'image'; readonly image: ImageBitmap }
  );

/** Tiles without a pixel are left out. Throws RangeError for one that is not what it claims to be. */
export async function decodeTiles(tiles: readonly Tile[]): Promise<Decoded[]> {
  const filled = tiles.filter(({ width, height }) => width > 0 && height > 0);
  return await Promise.all(filled.map(async (tile) => decodePlain(tile) ?? (await decode(tile))));
}

/** What needs no waiting: all tiles of a frame, or undefined when one of them is compressed. */
export function decodeNow(tiles: readonly Tile[]): Decoded[] | undefined {
  const decoded: Decoded[] = [];
  for (const tile of tiles) {
    if (tile.width === 0 || tile.height === 0) continue;
    const plain = decodePlain(tile);
    if (plain === undefined) return undefined;
    decoded.push(plain);
  }
  return decoded;
}

function decodePlain({ encoding, pixels, ...place }: Tile): Decoded | undefined {
  if (encoding === tileEncodings.solid) {
    if (pixels.length < 4) throw new RangeError('a solid tile without its colour');
    return { ...place, kind: 'color', color: `rgb(${pixels[0]} ${pixels[1]} ${pixels[2]})` };
  }
  if (encoding !== tileEncodings.raw) return undefined;
  if (pixels.length !== place.width * place.height * 4)
    throw new RangeError('a raw tile of another size than it has');
  return { ...place, kind: 'pixels', pixels };
}

async function decode({ encoding, pixels, ...place }: Tile): Promise<Decoded> {
  if (encoding === tileEncodings.deflate)
    return { ...place, kind: 'pixels', pixels: await inflate(pixels, place) };
  if (encoding === tileEncodings.webp) {
    const size = webpSize(pixels);
    if (size?.width !== place.width || size.height !== place.height)
      throw new RangeError('a WebP tile of another size than it has');
    const image = await createImageBitmap(new Blob([pixels], { type: 'image/webp' }), {
      colorSpaceConversion: 'none',
    });
    return { ...place, kind: 'image', image };
  }
  throw new RangeError(`tile encoding ${encoding} is not known here`);
}

/** Inflates into exactly the room that the tile has: a payload that holds more or less is refused. */
async function inflate(
  payload: Uint8ClampedArray<ArrayBuffer>,
  { width, height }: Place,
): Promise<Uint8ClampedArray<ArrayBuffer>> {
  const pixels = new Uint8ClampedArray(width * height * 4);
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const written = writer
    .write(new Uint8Array(payload.buffer, payload.byteOffset, payload.length))
    .then(() => writer.close());
  written.catch(() => {});
  let at = 0;
  while (at < pixels.length) {
    const { value, done } = await reader.read();
    if (done) throw new RangeError('a deflated tile with too few pixels');
    if (at + value.length > pixels.length)
      throw new RangeError('a deflated tile with too many pixels');
    pixels.set(value, at);
    at += value.length;
  }
  reader.cancel().catch(() => {});
  return pixels;
}

/**
 * Size of a WebP without extensions as its header says it (RFC 9649, 2.5 and 3.4; RFC 6386, 9.1), lossy or
 * lossless; undefined for anything else.
 */
export function webpSize(
  bytes: Uint8ClampedArray<ArrayBuffer>,
): { readonly width: number; readonly height: number } | undefined {
  if (bytes.length < 25) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return undefined;
  const chunk = view.getUint32(12);
  if (chunk === 0x5650384c && view.getUint8(20) === 0x2f) {
    const sizes = view.getUint32(21, true);
    return { width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1 };
  }
  if (chunk !== 0x56503820 || bytes.length < 30) return undefined;
  const isKey =
    view.getUint8(23) === 0x9d && view.getUint8(24) === 0x01 && view.getUint8(25) === 0x2a;
  if (!isKey) return undefined;
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}
