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

  steady<T>(work: () => T): T {
    return work();
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

/** A canvas whose memory has blue first, as most guests' has, and one byte that says nothing. */
export class GuestCanvas extends Canvas {
  readonly format = 'x8r8g8b8';
  readonly raw: NonNullable<PixelSource['raw']> = {
    read: (y, rows, into) => {
      this.readRows(y, rows, into);
      for (let i = 0; i < rows * this.width * 4; i += 4) {
        const red = into[i] ?? 0;
        into[i] = into[i + 2] ?? 0;
        into[i + 2] = red;
        into[i + 3] = 0;
      }
    },
    isSame: (y, rows, known) => {
      const read = Buffer.alloc(rows * this.width * 4);
      this.raw.read(y, rows, read);
      return read.compare(known) === 0;
    },
    toRgba: (from, at, to, toAt, count) => {
      for (let i = 0; i < count; i++) {
        const v = from[at + i] ?? 0;
        to[toAt + i] = ((v >>> 16) & 0xff) | (v & 0xff00) | ((v & 0xff) << 16) | 0xff000000;
      }
    },
  };
}

export type Area = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};
