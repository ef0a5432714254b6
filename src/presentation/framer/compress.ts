// Rectangles compressed off the framer's main thread: deflate without loss, WebP for photographs.

import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { EncodingName } from '../../contracts/viewer-protocol.ts';
import { raw, solid } from './encoders.ts';
import type { Rectangle } from './rectangles.ts';
import type { Surface } from './surface.ts';

export type CompressedPart = {
  readonly place: Pick<Rectangle, 'x' | 'y' | 'width' | 'height'>;
  readonly encoding: EncodingName;
  readonly payload: Uint8Array;
};

/** Larger rectangles are cut into bands: several threads work on them, and a decoder needs little memory. */
const bandBytes = 1 << 20;
/** Compressing less than this saves less than it costs. */
const leastBytes = 512;
/** zlib's fastest. */
const level = 1;
const webpQuality = 75;

const deflate = promisify(deflateRaw);

/** Takes the pixels now; each promise is of one part of the rectangle, which together cover it. */
export function compressed(
  surface: Surface,
  rectangle: Rectangle,
  isLossy: boolean,
): Promise<CompressedPart>[] {
  if (rectangle.color !== undefined) {
    const payload = Buffer.alloc(4);
    solid.write(surface, rectangle, payload, 0);
    return [Promise.resolve({ place: rectangle, encoding: 'solid', payload })];
  }
  const rows = Math.max(1, Math.floor(bandBytes / (rectangle.width * 4)));
  const parts: Promise<CompressedPart>[] = [];
  for (let y = 0; y < rectangle.height; y += rows) {
    const height = Math.min(rows, rectangle.height - y);
    const band = { ...rectangle, y: rectangle.y + y, height };
    const pixels = Buffer.allocUnsafeSlow(band.width * height * 4);
    raw.write(surface, band, pixels, 0);
    parts.push(compressBand(band, pixels, isLossy && rectangle.isPhoto));
  }
  return parts;
}

async function compressBand(
  place: Rectangle,
  pixels: Buffer<ArrayBuffer>,
  isLossy: boolean,
): Promise<CompressedPart> {
  const whole = { place, encoding: 'raw', payload: pixels } as const;
  if (pixels.length < leastBytes) return whole;
  if (isLossy) {
    const payload = await webp(pixels, place.width, place.height);
    if (payload !== undefined) return { place, encoding: 'webp', payload };
  }
  const payload = await deflate(pixels, { level });
  return payload.length < pixels.length ? { place, encoding: 'deflate', payload } : whole;
}

type Webp = (pixels: Buffer, width: number, height: number) => Promise<Uint8Array>;
let loading: Promise<Webp | undefined> | undefined;

/** Loads the encoder; false when this machine has none. Only framers of slow viewers pay for it. */
export async function hasWebp(): Promise<boolean> {
  return (await loadWebp()) !== undefined;
}

async function webp(
  pixels: Buffer,
  width: number,
  height: number,
): Promise<Uint8Array | undefined> {
  const encode = await loadWebp();
  return await encode?.(pixels, width, height);
}

function loadWebp(): Promise<Webp | undefined> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      sharp.cache(false);
      // One thread a band: the bands are what runs side by side.
      sharp.concurrency(1);
      return (pixels, width, height) =>
        sharp(pixels, { raw: { width, height, channels: 4 } })
          .removeAlpha()
          .webp({ quality: webpQuality, effort: 0 })
          .toBuffer();
    },
    () => undefined,
  );
  return loading;
}
