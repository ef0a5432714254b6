// A surface made small, for viewers that want a thumbnail. Viewers that want the same width share it.

import { Damage } from '../../hypervisor/display/index.ts';
import { type PixelSource, Surface } from './surface.ts';

/** A scaled picture's pixel is the mean of at most so many of the whole one, each way. */
const most = 4;

export class Thumbnail {
  readonly #width: number;
  #whole: Surface | undefined;
  #version = -1;
  #small: Surface | undefined;

  constructor(width: number) {
    this.#width = width;
  }

  /** The small picture of `whole` as that is now. */
  of(whole: Surface): Surface {
    const scale = Math.min(1, this.#width / whole.width);
    const width = Math.max(1, Math.round(whole.width * scale));
    const height = Math.max(1, Math.round(whole.height * scale));
    const old = this.#small;
    const small =
      old?.width === width && old.height === height
        ? old
        : new Surface(width, height, old?.version);
    this.#small = small;
    if (this.#whole === whole && this.#version === whole.version && small === old) return small;
    this.#whole = whole;
    this.#version = whole.version;
    small.refresh(scaled(whole, width, height), Damage.all(width, height));
    return small;
  }
}

/** `whole` in another size: each pixel the mean of an even grid of those that it stands for. */
export function scaled(whole: Surface, width: number, height: number): PixelSource {
  const { words } = whole;
  const places = (at: number, size: number, wholeSize: number): number[] => {
    const from = Math.floor((at * wholeSize) / size);
    const to = Math.max(from + 1, Math.floor(((at + 1) * wholeSize) / size));
    const count = Math.min(most, to - from);
    return Array.from({ length: count }, (_, i) => from + Math.floor(((to - from) * i) / count));
  };
  const columns = Array.from({ length: width }, (_, x) => places(x, width, whole.width));
  return {
    width,
    height,
    readRows(top, count, into) {
      const out = new Uint32Array(into.buffer, into.byteOffset, count * width);
      for (let row = 0; row < count; row++) {
        const lines = places(top + row, height, whole.height).map((y) => y * whole.width);
        for (let x = 0; x < width; x++) out[row * width + x] = mean(words, lines, columns[x] ?? []);
      }
    },
  };
}

function mean(words: Uint32Array, lines: readonly number[], columns: readonly number[]): number {
  let [red, green, blue] = [0, 0, 0];
  for (const line of lines)
    for (const column of columns) {
      const color = words[line + column] ?? 0;
      red += color & 0xff;
      green += (color >>> 8) & 0xff;
      blue += (color >>> 16) & 0xff;
    }
  const count = Math.max(1, lines.length * columns.length);
  const part = (sum: number) => Math.round(sum / count);
  return (part(red) | (part(green) << 8) | (part(blue) << 16) | 0xff000000) >>> 0;
}
