// Ways to write the pixels of a rectangle. The first that wants a rectangle gets it; `raw` wants all.

import { tileEncodings } from '../../contracts/viewer-protocol.ts';
import type { Rectangle } from './rectangles.ts';
import type { Surface } from './surface.ts';

export type Encoder = {
  /** Its number on the wire. */
  readonly encoding: number;
  wants(rectangle: Rectangle): boolean;
  /** Most bytes that `write` can need; a multiple of 4. */
  boundBytes(rectangle: Rectangle): number;
  /** Writes the rectangle at `offset` of `into` and returns the bytes used; a multiple of 4. */
  write(surface: Surface, rectangle: Rectangle, into: Buffer, offset: number): number;
};

/** One pixel stands for all. */
export const solid: Encoder = {
  encoding: tileEncodings.solid,
  wants: (rectangle) => rectangle.color !== undefined,
  boundBytes: () => 4,
  write(_surface, rectangle, into, offset) {
    into.writeUInt32LE(rectangle.color ?? 0, offset);
    return 4;
  },
};

/** The rows as they are. */
export const raw: Encoder = {
  encoding: tileEncodings.raw,
  wants: () => true,
  boundBytes: (rectangle) => rectangle.width * rectangle.height * 4,
  write({ pixels, strideBytes }, { x, y, width, height }, into, offset) {
    const rowBytes = width * 4;
    const start = y * strideBytes + x * 4;
    if (rowBytes === strideBytes) pixels.copy(into, offset, start, start + rowBytes * height);
    else
      for (let row = 0; row < height; row++) {
        const at = start + row * strideBytes;
        pixels.copy(into, offset + row * rowBytes, at, at + rowBytes);
      }
    return rowBytes * height;
  },
};

export const encoders: readonly Encoder[] = [solid, raw];
