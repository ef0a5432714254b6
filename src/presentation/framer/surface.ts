// The surface: what the guest's screen showed when it was last read. Every tile carries the version of
// the last change that was seen in it, so one number per viewer (the version that it was sent) says
// what it lacks: the tiles that are newer. The newest state wins, and no viewer has a copy of its own.

import { tileSize } from '../../contracts/viewer-protocol.ts';
import type { Damage, Scanout } from '../../hypervisor/display/index.ts';

/** The part of a scanout that a surface needs. */
export type PixelSource = Pick<Scanout, 'width' | 'height' | 'readRows'>;

const bytesPerPixel = 4;

export class Surface {
  readonly width: number;
  readonly height: number;
  /** Tiles in a row of tiles, and rows of tiles. */
  readonly columns: number;
  readonly rows: number;
  readonly strideBytes: number;
  /** RGBA rows, packed; alpha is 255. */
  readonly pixels: Buffer<ArrayBuffer>;
  /** The same, a word a pixel. */
  readonly words: Uint32Array<ArrayBuffer>;
  /** By row of tiles, then column: the version in which the tile last changed; 0 before the first read. */
  readonly tileVersions: Float64Array<ArrayBuffer>;
  readonly #band: Buffer<ArrayBuffer>;
  #version: number;
  #isRead = false;

  /** `version` is the last one of the surface before: versions only grow, across changes of size too. */
  constructor(width: number, height: number, version = 0) {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / tileSize);
    this.rows = Math.ceil(height / tileSize);
    this.strideBytes = width * bytesPerPixel;
    this.pixels = Buffer.from(new ArrayBuffer(this.strideBytes * height));
    this.words = new Uint32Array(this.pixels.buffer);
    this.#band = Buffer.from(new ArrayBuffer(this.strideBytes * Math.min(tileSize, height)));
    this.tileVersions = new Float64Array(this.columns * this.rows);
    this.#version = version;
  }

  /** Of the newest change that was seen. */
  get version(): number {
    return this.#version;
  }

  /** A version in which nothing has changed: the number of a frame that repeats what is known. */
  touch(): void {
    if (this.#isRead) this.#version++;
  }

  /**
   * Reads the damaged rows and takes over what is different; true when something was. Throws what the
   * source throws (ScanoutLost); what was taken over until then stays, with its version.
   */
  refresh(source: PixelSource, damage: Damage): boolean {
    const version = this.#version + 1;
    const isChanged = this.#isRead
      ? this.#readDamage(source, damage, version)
      : this.#readAll(source, version);
    this.#isRead = true;
    return isChanged;
  }

  #readAll(source: PixelSource, version: number): boolean {
    source.readRows(0, this.height, this.pixels);
    this.tileVersions.fill(version);
    this.#version = version;
    return true;
  }

  #readDamage(source: PixelSource, damage: Damage, version: number): boolean {
    for (const span of damage.rows()) {
      for (let y = span.y; y < span.y + span.height; y += tileSize) {
        const rows = Math.min(tileSize, this.height - y);
        source.readRows(y, rows, this.#band);
        if (this.#takeBand(y, rows, version)) this.#version = version;
      }
    }
    return this.#version === version;
  }

  /** Compares a band of one tile's height with what is known: all of it, then rows, then tiles. */
  #takeBand(y: number, rows: number, version: number): boolean {
    const { pixels, strideBytes } = this;
    const start = y * strideBytes;
    const bandBytes = rows * strideBytes;
    if (isSame(this.#band, 0, pixels, start, bandBytes)) return false;
    let isChanged = false;
    const ty = y / tileSize;
    for (let row = 0; row < rows; row++) {
      const from = row * strideBytes;
      if (isSame(this.#band, from, pixels, start + from, strideBytes)) continue;
      this.#markTiles(ty, from, start + from, version);
      isChanged = true;
    }
    this.#band.copy(pixels, start, 0, bandBytes);
    return isChanged;
  }

  #markTiles(ty: number, from: number, to: number, version: number): void {
    const first = ty * this.columns;
    const tileBytes = tileSize * bytesPerPixel;
    for (let tx = 0; tx < this.columns; tx++) {
      if (this.tileVersions[first + tx] === version) continue;
      const offset = tx * tileBytes;
      const length = Math.min(tileBytes, this.strideBytes - offset);
      // A tile outside of the damage can differ too: the guest draws while we read. It is copied with
      // its row, so it has to be told.
      if (isSame(this.#band, from + offset, this.pixels, to + offset, length)) continue;
      this.tileVersions[first + tx] = version;
    }
  }
}

function isSame(a: Buffer, from: number, b: Buffer, to: number, length: number): boolean {
  return a.compare(b, to, to + length, from, from + length) === 0;
}
