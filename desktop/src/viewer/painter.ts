// Puts tiles on the canvas. Runs in the worker. Holds the probes, which are looked at right after each
// frame has been painted.

import type { FrameHeader } from '../../../src/contracts/index.ts';
import type { Decoded } from './decode.ts';
import type { Pixels } from './messages.ts';

type Probe = {
  readonly x: number;
  readonly y: number;
  readonly was: number;
  readonly changed: (epochMs: number) => void;
};

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
/** A canvas of the page or of a worker. */
export type Drawing = {
  width: number;
  height: number;
  getContext(kind: '2d', settings: { readonly alpha: false }): Context | null;
};

export class Painter {
  readonly #canvas: Drawing;
  readonly #context: Context;
  #probes: Probe[] = [];

  constructor(canvas: Drawing) {
    // No alpha: the guest's screen hides what is behind it, and the compositor need not blend.
    const context = canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser gives a worker no 2D canvas');
    this.#canvas = canvas;
    this.#context = context;
  }

  /** Gives the canvas the surface's size; true if it changed. Only a change clears the picture. */
  resize(width: number, height: number): boolean {
    if (width <= 0 || height <= 0) return false;
    if (this.#canvas.width === width && this.#canvas.height === height) return false;
    this.#canvas.width = width;
    this.#canvas.height = height;
    return true;
  }

  paint(header: FrameHeader, tiles: readonly Decoded[]): void {
    this.resize(header.width, header.height);
    for (const tile of tiles) this.#tile(tile);
    if (this.#probes.length > 0) this.#check(tiles);
  }

  #tile(tile: Decoded): void {
    const { x, y, width, height } = tile;
    if (tile.kind === 'color') {
      this.#context.fillStyle = tile.color;
      this.#context.fillRect(x, y, width, height);
    } else if (tile.kind === 'pixels') {
      this.#context.putImageData(new ImageData(tile.pixels, width, height), x, y);
    } else {
      this.#context.drawImage(tile.image, x, y, width, height);
      tile.image.close();
    }
  }

  /** Reads the canvas back, clipped to it. Diagnostics: it is slow, and no frame needs it. */
  pixels(x: number, y: number, width: number, height: number): Pixels {
    const w = Math.max(1, Math.min(width, this.#canvas.width - x));
    const h = Math.max(1, Math.min(height, this.#canvas.height - y));
    const image = this.#context.getImageData(x, y, w, h);
    return { width: w, height: h, data: Array.from(image.data) };
  }

  /** Calls back with the time (ms since the epoch) of the paint that next changes this pixel. */
  probe(x: number, y: number, changed: (epochMs: number) => void): void {
    this.#probes.push({ x, y, was: this.#colour(x, y), changed });
  }

  #check(tiles: readonly Decoded[]): void {
    const now = performance.timeOrigin + performance.now();
    this.#probes = this.#probes.filter((probe) => {
      const touched = tiles.some(
        (t) =>
          probe.x >= t.x && probe.x < t.x + t.width && probe.y >= t.y && probe.y < t.y + t.height,
      );
      if (!touched || this.#colour(probe.x, probe.y) === probe.was) return true;
      probe.changed(now);
      return false;
    });
  }

  #colour(x: number, y: number): number {
    const [r = 0, g = 0, b = 0] = this.#context.getImageData(x, y, 1, 1).data;
    return (r << 16) | (g << 8) | b;
  }
}
