// Damage: which tiles of 64 x 64 pixels of a scanout have changed, as a bitmap.

import { maxScanoutSize, tileSize } from '../../contracts/viewer-protocol.ts';

/** Words of 32 tiles in each row of the bitmap, whatever the scanout's width. */
export const wordsPerTileRow = maxScanoutSize / tileSize / 32;
export const tileRows = maxScanoutSize / tileSize;
export const damageWords = wordsPerTileRow * tileRows;

export type Rectangle = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Changed tiles of a scanout of `width` x `height`. Tile (tx, ty) is bit tx % 32 of word ty * 4 + tx / 32. */
export class Damage {
  readonly width: number;
  readonly height: number;
  readonly words: Uint32Array<ArrayBuffer>;

  constructor(width: number, height: number, words = new Uint32Array(damageWords)) {
    this.width = width;
    this.height = height;
    this.words = words;
  }

  static all(width: number, height: number): Damage {
    const damage = new Damage(width, height);
    damage.add({ x: 0, y: 0, width, height });
    return damage;
  }

  get isEmpty(): boolean {
    for (const word of this.words) if (word !== 0) return false;
    return true;
  }

  has(tx: number, ty: number): boolean {
    return (((this.words[ty * wordsPerTileRow + (tx >>> 5)] ?? 0) >>> (tx & 31)) & 1) === 1;
  }

  /** Marks every tile that the rectangle touches; what lies outside of the scanout is left out. */
  add(area: Rectangle): void {
    markTiles(area, this.width, this.height, (word, bits) => {
      this.words[word] = (this.words[word] ?? 0) | bits;
    });
  }

  /** Adds what `other`, of the same size, has. */
  merge(other: Damage): void {
    for (let i = 0; i < damageWords; i++)
      this.words[i] = (this.words[i] ?? 0) | (other.words[i] ?? 0);
  }

  /** The changed tiles from the top left, cut at the scanout's edges. */
  *tiles(): Generator<Rectangle> {
    for (let y = 0; y < this.height; y += tileSize) {
      const height = Math.min(tileSize, this.height - y);
      for (let x = 0; x < this.width; x += tileSize) {
        if (!this.has(x / tileSize, y / tileSize)) continue;
        yield { x, y, width: Math.min(tileSize, this.width - x), height };
      }
    }
  }

  /** Spans of whole rows that hold changed tiles, neighbours joined, from the top. */
  *rows(): Generator<{ readonly y: number; readonly height: number }> {
    let start = -1;
    for (let ty = 0; ty * tileSize < this.height; ty++) {
      const isDamaged = this.#isRowDamaged(ty);
      if (isDamaged && start < 0) start = ty * tileSize;
      if (!isDamaged && start >= 0) {
        yield { y: start, height: ty * tileSize - start };
        start = -1;
      }
    }
    if (start >= 0) yield { y: start, height: this.height - start };
  }

  #isRowDamaged(ty: number): boolean {
    const first = ty * wordsPerTileRow;
    for (let i = first; i < first + wordsPerTileRow; i++) if (this.words[i] !== 0) return true;
    return false;
  }
}

/** Calls `mark(word, bits)` for the tiles that the part of `area` inside width x height touches. */
export function markTiles(
  area: Rectangle,
  width: number,
  height: number,
  mark: (word: number, bits: number) => void,
): void {
  const left = Math.max(0, area.x);
  const top = Math.max(0, area.y);
  const right = Math.min(width, area.x + area.width);
  const bottom = Math.min(height, area.y + area.height);
  if (left >= right || top >= bottom) return;
  const firstTile = Math.floor(left / tileSize);
  const lastTile = Math.floor((right - 1) / tileSize);
  for (let ty = Math.floor(top / tileSize); ty * tileSize < bottom; ty++) {
    for (let word = firstTile >>> 5; word <= lastTile >>> 5; word++) {
      const from = Math.max(firstTile, word * 32) & 31;
      const to = Math.min(lastTile, word * 32 + 31) & 31;
      mark(ty * wordsPerTileRow + word, (0xffffffff << from) & (0xffffffff >>> (31 - to)));
    }
  }
}
