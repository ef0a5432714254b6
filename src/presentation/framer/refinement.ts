// Of one viewer: which tiles it has with loss, and since when. A tile that has rested is sent again without
// loss, a few at a time, so that what the person does meanwhile is not behind them.

import { tileSize } from '../../contracts/viewer-protocol.ts';
import type { Rectangle } from './rectangles.ts';
import type { Surface } from './surface.ts';

/** A tile that was last sent so long ago has come to rest. */
export const restMs = 400;
/** Tiles of one refining frame: about 100 KB of photographs. */
const tilesAtOnce = 12;

export class Refinement {
  readonly #lossyAt = new Map<number, number>();
  #surface: Surface | undefined;

  /** Some of what the viewer has is not exact. */
  get isNeeded(): boolean {
    return this.#lossyAt.size > 0;
  }

  /**
   * Tiles to send again. Without `isLossy` (the connection has become fast) all of them; none while anything
   * else is new, which goes first.
   */
  rested(
    surface: Surface,
    isNew: (index: number) => boolean,
    now: number,
    isLossy: boolean,
  ): ReadonlySet<number> {
    if (this.#surface !== surface) this.#lossyAt.clear();
    const tiles = new Set<number>();
    for (const [index, at] of this.#lossyAt) {
      if (isLossy && (now - at < restMs || tiles.size >= tilesAtOnce)) continue;
      if (!isNew(index)) tiles.add(index);
    }
    return tiles;
  }

  /** These are sent now. A part of a tile, sent without loss, leaves the rest of it as it was. */
  sending(surface: Surface, rectangles: readonly Rectangle[], now: number): void {
    this.#surface = surface;
    for (const { x, y, width, height, isPhoto } of rectangles)
      for (let ty = Math.floor(y / tileSize); ty * tileSize < y + height; ty++)
        for (let tx = Math.floor(x / tileSize); tx * tileSize < x + width; tx++) {
          const index = ty * surface.columns + tx;
          if (isPhoto) this.#lossyAt.set(index, now);
          else if (isWhole(surface, tx, ty, { x, y, width, height })) this.#lossyAt.delete(index);
        }
  }
}

/** Whether a rectangle holds all of a tile. */
function isWhole(
  surface: Surface,
  tx: number,
  ty: number,
  { x, y, width, height }: Pick<Rectangle, 'x' | 'y' | 'width' | 'height'>,
): boolean {
  return (
    x <= tx * tileSize &&
    y <= ty * tileSize &&
    x + width >= Math.min(surface.width, (tx + 1) * tileSize) &&
    y + height >= Math.min(surface.height, (ty + 1) * tileSize)
  );
}
