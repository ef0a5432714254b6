// What a viewer is sent where loss is allowed: text and flat areas exactly, photographs with loss. Where most
// of an area is photographs and moves, all of it goes as one picture, text too: each picture of its own costs
// the encoder, the browser and every switch between their threads something (1280x800, a third of it text, on
// two busy processors: 85 pictures took 120 ms, one takes 30). What rests is sent again without loss.

import { tileSize } from '../../contracts/viewer-protocol.ts';
import { isPhoto } from './photo.ts';
import { type Rectangle, rectanglesOf } from './rectangles.ts';
import type { Surface } from './surface.ts';

/** Fewer tiles than this are cheap in any number of pictures. */
const leastTiles = 24;
/** Of an area that goes as one picture: how much of it is new, and how much of that has many colours. */
const leastNew = 0.8;
const leastPhotos = 0.5;

/** Tiles from `left` up to `right`, without it; rows likewise. */
type Area = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

/** What is newer than `since` and what has `rested`, the latter exactly. */
export function lossyRectangles(
  surface: Surface,
  since: number,
  rested: ReadonlySet<number>,
): Rectangle[] {
  const isNew = (index: number) => (surface.tileVersions[index] ?? 0) > since;
  const photos = new Set<number>();
  for (let index = 0; index < surface.columns * surface.rows; index++)
    if (isNew(index) && isPhoto(surface, index)) photos.add(index);
  const area = movingArea(surface, isNew, photos);
  const isOutside = (index: number) => area === undefined || !isWithin(area, index, surface);
  const apart = rectanglesOf(surface, {
    wants: (index) => (isNew(index) || rested.has(index)) && isOutside(index),
    isPhoto: (index) => photos.has(index),
    boxOf: (index) => (rested.has(index) ? undefined : surface.boxSince(index, since)),
  });
  return area === undefined ? apart : [pictureOf(area, surface), ...apart];
}

/** The area around all photographs, when it is worth one picture. */
function movingArea(
  surface: Surface,
  isNew: (index: number) => boolean,
  photos: ReadonlySet<number>,
): Area | undefined {
  if (photos.size < leastTiles) return undefined;
  let [left, top, right, bottom] = [surface.columns, surface.rows, 0, 0];
  for (const index of photos) {
    const [x, y] = [index % surface.columns, Math.floor(index / surface.columns)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  let count = 0;
  for (let y = top; y < bottom; y++)
    for (let x = left; x < right; x++) if (isNew(y * surface.columns + x)) count++;
  const isMoving = count >= leastNew * (right - left) * (bottom - top);
  return isMoving && photos.size >= leastPhotos * count ? { left, top, right, bottom } : undefined;
}

function isWithin({ left, top, right, bottom }: Area, index: number, { columns }: Surface) {
  const [x, y] = [index % columns, Math.floor(index / columns)];
  return x >= left && x < right && y >= top && y < bottom;
}

function pictureOf({ left, top, right, bottom }: Area, { width, height }: Surface): Rectangle {
  const [x, y] = [left * tileSize, top * tileSize];
  return {
    x,
    y,
    width: Math.min(width, right * tileSize) - x,
    height: Math.min(height, bottom * tileSize) - y,
    color: undefined,
    isPhoto: true,
  };
}
