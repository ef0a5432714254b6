// Which rectangles a viewer is sent: tiles that it lacks, or the part of them that it lacks, joined with their neighbours, so that
// the browser draws few of them. Joining never adds a pixel that did not have to be sent.

import { tileSize } from '../../contracts/viewer-protocol.ts';
import type { TileBox } from './changes.ts';
import type { Surface } from './surface.ts';

/** Part of a surface in pixels. `color` is set when all of it has that one colour (as a u32 of memory). */
export type Rectangle = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: number | undefined;
  /** May be sent with loss. */
  readonly isPhoto: boolean;
};

/** By a tile's index: whether it is to be sent, and whether it may be sent with loss. */
export type TileChoice = {
  readonly wants: (index: number) => boolean;
  readonly isPhoto?: (index: number) => boolean;
  /** The part of the tile that is wanted; undefined for all of it. */
  readonly boxOf?: (index: number) => TileBox | undefined;
};

/** What is newer than `since`. */
export function rectanglesSince(surface: Surface, since: number): Rectangle[] {
  return rectanglesOf(surface, {
    wants: (index) => (surface.tileVersions[index] ?? 0) > since,
    boxOf: (index) => surface.boxSince(index, since),
  });
}

/** The wanted tiles, from the top: runs along a row of tiles, then equal runs downwards. */
export function rectanglesOf(surface: Surface, choice: TileChoice): Rectangle[] {
  const done: Rectangle[] = [];
  let above: Rectangle[] = [];
  for (let ty = 0; ty < surface.rows; ty++) {
    const open: Rectangle[] = [];
    for (const run of runsOf(surface, ty, choice)) {
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
  return (
    upper.x === lower.x &&
    upper.y + upper.height === lower.y &&
    upper.width === lower.width &&
    upper.color === lower.color &&
    upper.isPhoto === lower.isPhoto
  );
}

function runsOf(surface: Surface, ty: number, choice: TileChoice): Rectangle[] {
  const { wants, isPhoto, boxOf } = choice;
  const runs: Rectangle[] = [];
  for (let tx = 0; tx < surface.columns; tx++) {
    const index = ty * surface.columns + tx;
    if (!wants(index)) continue;
    const { x, y, width, height } = areaOf(surface, tx, ty, boxOf?.(index));
    const color = colorOf(surface, x, y, width, height);
    const photo = color === undefined && isPhoto !== undefined && isPhoto(index);
    const last = runs.at(-1);
    if (
      last !== undefined &&
      last.x + last.width === x &&
      last.y === y &&
      last.height === height &&
      last.color === color &&
      last.isPhoto === photo
    )
      runs[runs.length - 1] = { ...last, width: last.width + width };
    else runs.push({ x, y, width, height, color, isPhoto: photo });
  }
  return runs;
}

/** A tile, or a part of it, in the surface's pixels. */
function areaOf(surface: Surface, tx: number, ty: number, box: TileBox | undefined): TileBox {
  const [x, y] = [tx * tileSize, ty * tileSize];
  if (box !== undefined) return { ...box, x: x + box.x, y: y + box.y };
  return {
    x,
    y,
    width: Math.min(tileSize, surface.width - x),
    height: Math.min(tileSize, surface.height - y),
  };
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
  // Most tiles that are no solid one show it in their corners, which costs no call.
  const color = pixels.readUInt32LE(start);
  const last = start + (height - 1) * strideBytes + rowBytes - 4;
  if (pixels.readUInt32LE(last) !== color) return undefined;
  // A row is of one colour if it equals itself moved by a pixel.
  if (pixels.compare(pixels, start + 4, start + rowBytes, start, start + rowBytes - 4) !== 0)
    return undefined;
  for (let row = 1; row < height; row++) {
    const at = start + row * strideBytes;
    if (pixels.compare(pixels, at, at + rowBytes, start, start + rowBytes) !== 0) return undefined;
  }
  return color;
}
