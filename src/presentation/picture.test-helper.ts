// For tests: what a browser does with frames.

import { readFrame, tileEncodings } from '../contracts/index.ts';

/** A picture that frames are applied to. */
export class Picture {
  width = 0;
  height = 0;
  pixels = Buffer.alloc(0);
  frame = 0;

  /** Draws a frame's message; returns how many rectangles it had. */
  apply(message: Uint8Array): number {
    const { buffer, byteOffset, byteLength } = message;
    const exact = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const { header, tiles } = readFrame(exact);
    if (this.width !== header.width || this.height !== header.height)
      this.pixels = Buffer.alloc(header.width * header.height * 4);
    this.width = header.width;
    this.height = header.height;
    this.frame = header.frame;
    for (const { x, y, width, height, encoding, pixels } of tiles)
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const from = encoding === tileEncodings.solid ? 0 : (row * width + column) * 4;
          const to = ((y + row) * header.width + x + column) * 4;
          this.pixels.set(pixels.subarray(from, from + 4), to);
        }
    return tiles.length;
  }

  /** How many colours it has. */
  get colors(): number {
    return new Set(new Uint32Array(this.pixels.buffer, 0, this.pixels.length / 4)).size;
  }
}
