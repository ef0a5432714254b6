// Which tiles of a surface changed last, when, and where in the tile.
//
// Invariant: who has a tile as it was in any version from `before` up to the newest lacks at most the tile's
// box. Whoever has an older one is sent all of the tile.

import { tileSize } from '../../contracts/viewer-protocol.ts';

/** A part of a tile, in pixels from the tile's corner. */
export type TileBox = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** A changed area of a row of tiles, in pixels from that row's corner. */
export type ChangedArea = {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
};

/** Left, top, right and bottom of each tile's box. */
const sides = 4;

export class Changes {
  readonly columns: number;
  readonly versions: Float64Array<ArrayBuffer>;
  readonly #width: number;
  /** The version of each tile before its newest one. */
  readonly #before: Float64Array<ArrayBuffer>;
  readonly #boxes: Uint8Array<ArrayBuffer>;

  constructor(width: number, height: number) {
    this.#width = width;
    this.columns = Math.ceil(width / tileSize);
    const count = this.columns * Math.ceil(height / tileSize);
    this.versions = new Float64Array(count);
    this.#before = new Float64Array(count);
    this.#boxes = new Uint8Array(count * sides);
  }

  /** All of a row of tiles, which is `rows` pixels high, is new. */
  all(row: number, rows: number, version: number): void {
    for (let column = 0; column < this.columns; column++)
      this.#set(row * this.columns + column, version, 0, 0, this.#widthOf(column), rows);
  }

  /** Notes where two pictures of a row of tiles, of the same size, differ. */
  compare(row: number, now: Uint32Array, known: Uint32Array, version: number): void {
    for (let column = 0; column < this.columns; column++)
      this.#compareTile(row * this.columns + column, column, now, known, version);
  }

  /** What changed in a row of tiles in this version. */
  *of(row: number, version: number): Generator<ChangedArea> {
    for (let column = 0; column < this.columns; column++) {
      const index = row * this.columns + column;
      if (this.versions[index] !== version) continue;
      const { x, y, width, height } = this.#boxOf(index);
      yield { x: column * tileSize + x, y, columns: width, rows: height };
    }
  }

  /** What of a tile is newer than `since`; undefined for all of it. */
  boxSince(index: number, since: number): TileBox | undefined {
    return since >= (this.#before[index] ?? 0) && since > 0 ? this.#boxOf(index) : undefined;
  }

  #compareTile(
    index: number,
    column: number,
    now: Uint32Array,
    known: Uint32Array,
    version: number,
  ): void {
    const width = this.#widthOf(column);
    const first = column * tileSize;
    let [left, right, top, bottom] = [width, 0, -1, 0];
    for (let y = 0, at = first; at < known.length; y++, at += this.#width) {
      // Left of what is known to differ, then right of it: where all differs that is nothing to look at.
      let x = 0;
      while (x < left && now[at + x] === known[at + x]) x++;
      let isDifferent = x < left;
      if (isDifferent) left = x;
      else if (left === width) continue;
      let end = width;
      while (end > right && now[at + end - 1] === known[at + end - 1]) end--;
      if (end > right) {
        right = end;
        isDifferent = true;
      }
      // Between them, one difference is enough.
      for (x = left; !isDifferent && x < right; x++) isDifferent = now[at + x] !== known[at + x];
      if (!isDifferent) continue;
      if (top < 0) top = y;
      bottom = y + 1;
    }
    if (top >= 0) this.#set(index, version, left, top, right, bottom);
  }

  #set(index: number, version: number, ...box: [number, number, number, number]): void {
    this.#before[index] = this.versions[index] ?? 0;
    this.versions[index] = version;
    this.#boxes.set(box, index * sides);
  }

  #boxOf(index: number): TileBox {
    const at = index * sides;
    const [x = 0, y = 0, right = 0, bottom = 0] = this.#boxes.subarray(at, at + sides);
    return { x, y, width: right - x, height: bottom - y };
  }

  #widthOf(column: number): number {
    return Math.min(tileSize, this.#width - column * tileSize);
  }
}
