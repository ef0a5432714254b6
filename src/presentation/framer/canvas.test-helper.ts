// For tests: a scanout that can be drawn on.

import type { PixelSource } from './surface.ts';

/** A scanout that tests draw on. */
export class Canvas implements PixelSource {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer<ArrayBuffer>;
  rowsRead = 0;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = Buffer.from(new ArrayBuffer(width * height * 4)).fill(0xff);
  }

  readRows(y: number, rows: number, into: Uint8Array): void {
    this.rowsRead += rows;
    into.set(this.pixels.subarray(y * this.width * 4, (y + rows) * this.width * 4));
  }

  /** Fills an area with one colour, or with one that differs from pixel to pixel. */
  draw(area: Area, color: number, isNoise = false): void {
    for (let y = area.y; y < Math.min(this.height, area.y + area.height); y++)
      for (let x = area.x; x < Math.min(this.width, area.x + area.width); x++)
        this.pixels.writeUInt32LE(
          (0xff000000 | (color + (isNoise ? x * 7 + y * 13 : 0))) >>> 0,
          (y * this.width + x) * 4,
        );
  }
}

export type Area = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
