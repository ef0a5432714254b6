// Which rectangles a viewer is sent: tiles newer than what it has, joined with their neighbours, so that
// the browser draws few of them. Joining never adds a pixel that did not have to be sent.

import { tileSize } from '../../contracts/viewer-protocol.ts';
import type { Surface } from './surface.ts';

/** Part of a surface in pixels. `color` is set when all of it has that one colour (as a u32 of memory). */
export type Rectangle = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: number | undefined;
};

/** What is newer than `since`, from the top: runs along a row of tiles, then equal runs downwards. */
export function rectanglesSince(surface: Surface, since: number): Rectangle[] {
  const done: Rectangle[] = [];
  let above: Rectangle[] = [];
  for (let ty = 0; ty < surface.rows; ty++) {
    const open: Rectangle[] = [];
    for (const run of runsOf(surface, ty, since)) {
      const upper = above.find((candidate) => continues(candidate, run));
      if (upper !== undefined) above.splice(above.indexOf(upper), 1);
      open.push(upper === undefined ? run : { ...upper, height: upper.height + run.height });
    }
    done.push(...above);
    above = open;
  }
  return [...done, ...above];
}

function continues(upper: Rectangle, lower: Rectangle): boolean {
  return upper.x === lower.x && upper.width === lower.width && upper.color === lower.color;
}

function runsOf(surface: Surface, ty: number, since: number): Rectangle[] {
  const runs: Rectangle[] = [];
  const y = ty * tileSize;
  const height = Math.min(tileSize, surface.height - y);
  for (let tx = 0; tx < surface.columns; tx++) {
    if ((surface.tileVersions[ty * surface.columns + tx] ?? 0) <= since) continue;
    const x = tx * tileSize;
    const width = Math.min(tileSize, surface.width - x);
    const color = colorOf(surface, x, y, width, height);
    const last = runs.at(-1);
    if (last !== undefined && last.x + last.width === x && last.color === color)
      runs[runs.length - 1] = { ...last, width: last.width + width };
    else runs.push({ x, y, width, height, color });
  }
  return runs;
}

/** The one colour of an area; undefined when it has more. */
function colorOf(
  { pixels, strideBytes }: Surface,
  x: number,
  y: number,
  width: number,
  height: number,
): number | undefined {
  const start = y * strideBytes + x * 4;
  const rowBytes = width * 4;
  // A row is of one colour if it equals itself moved by a pixel.
  if (pixels.compare(pixels, start + 4, start + rowBytes, start, start + rowBytes - 4) !== 0)
    return undefined;
  for (let row = 1; row < height; row++) {
    const at = start + row * strideBytes;
    if (pixels.compare(pixels, at, at + rowBytes, start, start + rowBytes) !== 0) return undefined;
  }
  return pixels.readUInt32LE(start);
}
