// Pixel formats, by pixman's codes (bits << 24 | order << 16 | a << 12 | r << 8 | g << 4 | b), to RGBA in
// memory order. Every conversion works on whole words of a little-endian machine.

import type { RawRows, Words } from './types.ts';

export type PixelFormat = {
  readonly name: string;
  readonly bytesPerPixel: 2 | 4;
  /** Makes RGBA, alpha 255, of `count` words; may be in place. Only for formats of 4 bytes. */
  readonly toRgba: RawRows['toRgba'];
};

const opaque = 0xff000000 | 0;

/** Word 0x_RRGGBB: memory order B, G, R, x. */
function fromRgb(from: Words, at: number, to: Words, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const v = from[at + i] as number;
    to[toAt + i] = ((v >>> 16) & 0xff) | (v & 0xff00) | ((v & 0xff) << 16) | opaque;
  }
}

/** Word 0x_BBGGRR: memory order R, G, B, x. */
function fromBgr(from: Words, at: number, to: Words, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = (from[at + i] as number) | opaque;
}

/** Word 0xBBGGRR__: memory order x, R, G, B. */
function fromBgrx(from: Words, at: number, to: Words, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = ((from[at + i] as number) >>> 8) | opaque;
}

/** Word 0xRRGGBB__: memory order x, B, G, R. */
function fromRgbx(from: Words, at: number, to: Words, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const v = from[at + i] as number;
    to[toAt + i] = (v >>> 24) | ((v >>> 8) & 0xff00) | ((v & 0xff00) << 8) | opaque;
  }
}

/** Firmware's 16-bit screens: `source` has `count` pixels; the high bits are repeated in the low ones. */
export function expandRgb565(source: Uint16Array, words: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const v = source[i] as number;
    const r = v >>> 11;
    const g = (v >>> 5) & 0x3f;
    const b = v & 0x1f;
    const wide = (r << 3) | (r >>> 2) | (((g << 2) | (g >>> 4)) << 8);
    words[i] = wide | (((b << 3) | (b >>> 2)) << 16) | opaque;
  }
}

const formats: ReadonlyMap<number, PixelFormat> = new Map([
  [0x20020888, { name: 'x8r8g8b8', bytesPerPixel: 4, toRgba: fromRgb }],
  [0x20028888, { name: 'a8r8g8b8', bytesPerPixel: 4, toRgba: fromRgb }],
  [0x20030888, { name: 'x8b8g8r8', bytesPerPixel: 4, toRgba: fromBgr }],
  [0x20038888, { name: 'a8b8g8r8', bytesPerPixel: 4, toRgba: fromBgr }],
  [0x20080888, { name: 'b8g8r8x8', bytesPerPixel: 4, toRgba: fromBgrx }],
  [0x20088888, { name: 'b8g8r8a8', bytesPerPixel: 4, toRgba: fromBgrx }],
  [0x20090888, { name: 'r8g8b8x8', bytesPerPixel: 4, toRgba: fromRgbx }],
  [0x20098888, { name: 'r8g8b8a8', bytesPerPixel: 4, toRgba: fromRgbx }],
  [0x10020565, { name: 'r5g6b5', bytesPerPixel: 2, toRgba: () => {} }],
]);

/** undefined for a format that RayOS does not show. */
export function pixelFormat(code: number): PixelFormat | undefined {
  return formats.get(code);
}
