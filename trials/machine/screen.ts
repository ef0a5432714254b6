// What a machine shows: pictures, and how like two of them are.

import { decode } from 'fast-png';

export type Picture = {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue of each pixel, row by row. */
  readonly rgb: Uint8Array;
  /** The file itself, to be kept. */
  readonly png: Uint8Array;
};

export function decodePicture(png: Uint8Array): Picture {
  const { width, height, channels, data } = decode(png);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++)
      rgb[i * 3 + c] = data[i * channels + Math.min(c, channels - 1)] ?? 0;
  return { width, height, rgb, png };
}

/** A pixel as 0xRRGGBB; undefined outside. */
export function pixelAt({ width, height, rgb }: Picture, x: number, y: number): number | undefined {
  if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
  const at = (y * width + x) * 3;
  return ((rgb[at] ?? 0) << 16) | ((rgb[at + 1] ?? 0) << 8) | (rgb[at + 2] ?? 0);
}

/** The share of pixels, 0 to 1, for which `isWanted` holds of 0xRRGGBB. */
export function shareOf(picture: Picture, isWanted: (rgb: number) => boolean): number {
  let count = 0;
  for (let y = 0; y < picture.height; y++)
    for (let x = 0; x < picture.width; x++) if (isWanted(pixelAt(picture, x, y) ?? 0)) count++;
  return count / (picture.width * picture.height);
}

/** The share of pixels, 0 to 1, in which no channel differs by more than `tolerance`; 0 for two sizes. */
export function likeness(a: Picture, b: Picture, tolerance = 8): number {
  if (a.width !== b.width || a.height !== b.height) return 0;
  let same = 0;
  for (let at = 0; at < a.rgb.length; at += 3) {
    const near = (c: number) => Math.abs((a.rgb[at + c] ?? 0) - (b.rgb[at + c] ?? 0)) <= tolerance;
    if (near(0) && near(1) && near(2)) same++;
  }
  return same / (a.width * a.height);
}
