// Tells photographs and gradients from text and flat areas: by how many colours a tile has. What has few is
// sent without loss, in which it is small anyway, and in which a loss would be seen.

import { tileSize } from '../../contracts/viewer-protocol.ts';
import type { Surface } from './surface.ts';

/** Every so many pixels each way are looked at: 256 of a whole tile. */
const step = 4;
/** Text smoothed on one background has about 30 of them. */
const manyColors = 72;
const slots = 1024;
const seen = new Uint32Array(slots);
const rounds = new Uint32Array(slots);
let round = 0;

/** True when the tile has many colours. */
export function isPhoto(surface: Surface, index: number): boolean {
  const left = (index % surface.columns) * tileSize;
  const top = Math.floor(index / surface.columns) * tileSize;
  const right = Math.min(surface.width, left + tileSize);
  const bottom = Math.min(surface.height, top + tileSize);
  const { words, width } = surface;
  round = (round + 1) >>> 0;
  let colors = 0;
  for (let y = top; y < bottom; y += step) {
    for (let x = left; x < right; x += step) {
      const color = (words[y * width + x] ?? 0) >>> 0;
      // Two colours in one slot count as one: the number is a lower bound.
      const slot = (Math.imul(color, 0x9e3779b1) >>> 22) & (slots - 1);
      if (rounds[slot] === round && seen[slot] === color) continue;
      if (rounds[slot] === round) continue;
      rounds[slot] = round;
      seen[slot] = color;
      if (++colors >= manyColors) return true;
    }
  }
  return false;
}
