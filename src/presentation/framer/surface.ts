// The surface: what the guest's screen showed when it was last read. Every tile carries the version of
// the last change that was seen in it, so one number per viewer (the version that it was sent) says
// what it lacks: the tiles that are newer. The newest state wins, and no viewer has a copy of its own.
//
// Linux guests flush their whole screen whatever they drew (from 6.8 on virtio-gpu's damage is all of it), so
// what is the same is found before anything else is done: rows are compared as the guest wrote them, and
// only what differs is converted.

import { tileSize } from '../../contracts/viewer-protocol.ts';
import { Damage, type Scanout } from '../../hypervisor/display/index.ts';
import { Changes, type TileBox } from './changes.ts';

/** The part of a scanout that a surface needs. */
export type PixelSource = Pick<Scanout, 'width' | 'height' | 'readRows'> &
  Partial<Pick<Scanout, 'format' | 'raw'>>;

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
  readonly #changes: Changes;
  readonly #band: Buffer<ArrayBuffer>;
  readonly #bandWords: Uint32Array<ArrayBuffer>;
  /** What was read last, as the guest wrote it; made with the first source that can be read so. */
  #raw: Buffer<ArrayBuffer> | undefined;
  /** By row of tiles: the format of what is known of it; '' when nothing is. */
  readonly #known: string[];
  #version: number;
  #isRead = false;

  /** `version` is the last one of the surface before: versions only grow, across changes of size too. */
  constructor(width: number, height: number, version = 0) {
    this.width = width;
    this.height = height;
    this.#changes = new Changes(width, height);
    this.columns = this.#changes.columns;
    this.rows = Math.ceil(height / tileSize);
    this.strideBytes = width * bytesPerPixel;
    this.pixels = Buffer.from(new ArrayBuffer(this.strideBytes * height));
    this.words = new Uint32Array(this.pixels.buffer);
    this.#band = Buffer.from(new ArrayBuffer(this.strideBytes * Math.min(tileSize, height)));
    this.#bandWords = new Uint32Array(this.#band.buffer);
    this.#known = Array.from({ length: this.rows }, () => '');
    this.#version = version;
  }

  /** Of the newest change that was seen. */
  get version(): number {
    return this.#version;
  }

  /** By row of tiles, then column: the version in which the tile last changed; 0 before the first read. */
  get tileVersions(): Float64Array<ArrayBuffer> {
    return this.#changes.versions;
  }

  /** What of a tile is newer than `since`: a part of it, or undefined for all of it. */
  boxSince(index: number, since: number): TileBox | undefined {
    return this.#changes.boxSince(index, since);
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
    const wanted = this.#isRead ? damage : Damage.all(this.width, this.height);
    for (const span of wanted.rows())
      for (let y = span.y; y < span.y + span.height; y += tileSize)
        if (this.#take(source, y, version)) this.#version = version;
    this.#isRead = true;
    return this.#version === version;
  }

  /** Takes over one row of tiles; true when something in it was different. */
  #take(source: PixelSource, y: number, version: number): boolean {
    const { raw, format = 'rgba' } = source;
    const rows = Math.min(tileSize, this.height - y);
    const row = y / tileSize;
    const known = raw === undefined ? this.pixels : this.#rawRows();
    const from = y * this.strideBytes;
    const bytes = rows * this.strideBytes;
    const isKnown = this.#known[row] === (raw === undefined ? 'rgba' : format);
    if (isKnown && raw?.isSame?.(y, rows, known.subarray(from, from + bytes))) return false;
    if (raw === undefined) source.readRows(y, rows, this.#band);
    else raw.read(y, rows, this.#band);
    if (isKnown && isSame(this.#band, 0, known, from, bytes)) return false;
    const words = new Uint32Array(known.buffer, known.byteOffset + from, rows * this.width);
    if (isKnown) this.#changes.compare(row, this.#bandWords, words, version);
    else this.#changes.all(row, rows, version);
    this.#known[row] = raw === undefined ? 'rgba' : format;
    this.#band.copy(known, from, 0, bytes);
    if (raw !== undefined) this.#convert(raw, row, version);
    return true;
  }

  /** Makes RGBA of what has changed in one row of tiles. */
  #convert(raw: NonNullable<PixelSource['raw']>, row: number, version: number): void {
    const { width, words } = this;
    for (const { x, y, columns, rows } of this.#changes.of(row, version))
      for (let i = 0; i < rows; i++)
        raw.toRgba(
          this.#bandWords,
          (y + i) * width + x,
          words,
          (row * tileSize + y + i) * width + x,
          columns,
        );
  }

  #rawRows(): Buffer<ArrayBuffer> {
    this.#raw ??= Buffer.from(new ArrayBuffer(this.pixels.length));
    return this.#raw;
  }
}

function isSame(a: Buffer, from: number, b: Buffer, to: number, length: number): boolean {
  return a.compare(b, to, to + length, from, from + length) === 0;
}
