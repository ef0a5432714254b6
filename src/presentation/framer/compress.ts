// Rectangles compressed off the framer's main thread: deflate where there is time for more bytes, WebP where
// there is not, with loss for photographs and without for the rest.

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
/** What is sent with loss is seen for less than half a second, and then again without. */
const webpQuality = 40;

const deflate = promisify(deflateRaw);

/**
 * `byWebp`: a viewer on a slow way, which has WebP. Text and flat areas are exact in it, in half the bytes that
 * deflate needs (1280x800 of text, gradients and photographs: 47 KB in place of 181).
 *
 * Takes the pixels now; each promise is of one part of the rectangle, which together cover it.
 */
export function compressed(
  surface: Surface,
  rectangle: Rectangle,
  byWebp: boolean,
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
    parts.push(compressBand(band, pixels, byWebp));
  }
  return parts;
}

async function compressBand(
  place: Rectangle,
  pixels: Buffer<ArrayBuffer>,
  byWebp: boolean,
): Promise<CompressedPart> {
  const whole = { place, encoding: 'raw', payload: pixels } as const;
  if (pixels.length < leastBytes) return whole;
  if (byWebp) {
    const payload = await webp(pixels, place.width, place.height, !place.isPhoto);
    if (payload !== undefined) return { place, encoding: 'webp', payload };
  }
  const payload = await deflate(pixels, { level });
  return payload.length < pixels.length ? { place, encoding: 'deflate', payload } : whole;
}

type Webp = (
  pixels: Buffer,
  width: number,
  height: number,
  lossless: boolean,
) => Promise<Uint8Array>;
let loading: Promise<Webp | undefined> | undefined;

/** Loads the encoder; false when this machine has none. Only framers of slow viewers pay for it. */
export async function hasWebp(): Promise<boolean> {
  return (await loadWebp()) !== undefined;
}

async function webp(
  pixels: Buffer,
  width: number,
  height: number,
  lossless: boolean,
): Promise<Uint8Array | undefined> {
  const encode = await loadWebp();
  return await encode?.(pixels, width, height, lossless);
}

function loadWebp(): Promise<Webp | undefined> {
  loading ??= import('sharp').then(
    ({ default: sharp }) => {
      sharp.cache(false);
      // One thread a band: the bands are what runs side by side.
      sharp.concurrency(1);
      return (pixels, width, height, lossless) =>
        sharp(pixels, { raw: { width, height, channels: 4 } })
          .removeAlpha()
          .webp({ quality: webpQuality, effort: 0, lossless })
          .toBuffer();
    },
    () => undefined,
  );
  return loading;
}
