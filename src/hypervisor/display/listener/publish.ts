// The listener thread's side of the board: puts the newest screen, damage, cursor and pointer there.

import { tileSize } from '../../../contracts/viewer-protocol.ts';
import { markTiles, type Rectangle } from '../damage.ts';
import type { Geometry } from '../geometry.ts';
import {
  type Board,
  locked,
  maxReasonBytes,
  type ScreenKind,
  screenKinds,
  wakeBits,
  word,
} from './board.ts';

export type CursorImage = {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly pixels: Uint8Array;
};

/** Rows of `rowBytes` bytes that begin every `stride` bytes of `source`, for `at` of the pixels and on from there. */
export type Rows = {
  readonly source: Uint8Array;
  readonly stride: number;
  readonly rows: number;
  readonly rowBytes: number;
  readonly at: number;
  readonly targetStride: number;
};

export class Publisher {
  readonly #board: Board;
  readonly #wake: () => void;
  readonly #close: (fd: number) => void;
  #pixels: Uint8Array<SharedArrayBuffer>;
  #width = 0;
  #height = 0;

  /** `wake` tells the main thread to look; `close` closes a descriptor that was never taken. */
  constructor(board: Board, wake: () => void, close: (fd: number) => void) {
    this.#board = board;
    this.#wake = wake;
    this.#close = close;
    this.#pixels = new Uint8Array(board.pixels);
  }

  /** Shows the memory behind `fd`, which is then the board's. */
  showMap(geometry: Geometry, fd: number): void {
    this.#replace(screenKinds.map, geometry, fd);
    this.damage({ x: 0, y: 0, width: this.#width, height: this.#height });
  }

  /** Prepares for pixels that come in messages; `writeRows` brings them. */
  showMessages(geometry: Geometry): void {
    this.#replace(screenKinds.message, geometry, -1);
  }

  /** Nothing to show: the screen is off, or cannot be shown for `reason`. */
  showNothing(kind: 'off' | 'refused', reason: string): void {
    this.#replace(screenKinds[kind], undefined, -1, reason);
    this.#raise(wakeBits.screen);
  }

  /** Takes rows in place of those that are there. */
  writeRows(rows: Rows): void {
    locked(this.#board, () => this.#copyRows(rows), word.pixelLock);
  }

  #copyRows({ source, stride, rows, rowBytes, at, targetStride }: Rows): void {
    if (stride === rowBytes && targetStride === rowBytes) {
      this.#pixels.set(source.subarray(0, rows * rowBytes), at);
      return;
    }
    for (let row = 0; row < rows; row++) {
      const from = row * stride;
      this.#pixels.set(source.subarray(from, from + rowBytes), at + row * targetStride);
    }
  }

  /**
   * Takes a whole picture in place of the one before. Guests flush all of their screen whatever they drew:
   * rows of tiles that are the same are neither written nor damage, and nobody is woken for them.
   */
  writePicture(source: Uint8Array, stride: number, rows: number, rowBytes: number): void {
    const write = () => this.#copyPicture(source, stride, rows, rowBytes);
    // Told once, and last: who looks sees the picture as a whole.
    if (locked(this.#board, write, word.pixelLock)) this.#tellDamage();
  }

  /** True when something was different. */
  #copyPicture(source: Uint8Array, stride: number, rows: number, rowBytes: number): boolean {
    let isDifferent = false;
    for (let y = 0; y < rows; y += tileSize) {
      const height = Math.min(tileSize, rows - y);
      const part = source.subarray(y * stride, (y + height - 1) * stride + rowBytes);
      const known = this.#pixels.subarray(y * rowBytes, (y + height) * rowBytes);
      if (stride === rowBytes && Buffer.compare(part, known) === 0) continue;
      const at = y * rowBytes;
      this.#copyRows({ source: part, stride, rows: height, rowBytes, at, targetStride: rowBytes });
      this.#mark({ x: 0, y, width: this.#width, height });
      isDifferent = true;
    }
    return isDifferent;
  }

  damage(area: Rectangle): void {
    this.#mark(area);
    this.#tellDamage();
  }

  #mark(area: Rectangle): void {
    const { damage } = this.#board;
    markTiles(area, this.#width, this.#height, (index, bits) => {
      Atomics.or(damage, index, bits);
    });
  }

  #tellDamage(): void {
    this.#board.times[0] = performance.timeOrigin + performance.now();
    this.#raise(wakeBits.screen);
  }

  cursor(image: CursorImage): void {
    const { words, cursor } = this.#board;
    locked(this.#board, () => {
      words[word.cursor] = (words[word.cursor] ?? 0) + 1;
      words[word.cursorWidth] = image.width;
      words[word.cursorHeight] = image.height;
      words[word.cursorHotX] = image.hotX;
      words[word.cursorHotY] = image.hotY;
      cursor.set(image.pixels);
    });
    this.#raise(wakeBits.pointer);
  }

  pointer(x: number, y: number, isVisible: boolean): void {
    const { words } = this.#board;
    locked(this.#board, () => {
      words[word.pointer] = (words[word.pointer] ?? 0) + 1;
      words[word.pointerX] = x;
      words[word.pointerY] = y;
      words[word.pointerVisible] = isVisible ? 1 : 0;
    });
    this.#raise(wakeBits.pointer);
  }

  #replace(kind: ScreenKind, geometry: Geometry | undefined, fd: number, reason = ''): void {
    const { words, damage, pixels } = this.#board;
    this.#width = geometry?.width ?? 0;
    this.#height = geometry?.height ?? 0;
    const untaken = locked(this.#board, () => {
      const old = words[word.fd] ?? -1;
      words[word.screen] = (words[word.screen] ?? 0) + 1;
      words[word.kind] = kind;
      words[word.fd] = fd;
      words[word.width] = this.#width;
      words[word.height] = this.#height;
      words[word.stride] = geometry?.stride ?? 0;
      words[word.format] = geometry?.format ?? 0;
      words[word.offset] = geometry?.offset ?? 0;
      for (let i = 0; i < damage.length; i++) Atomics.store(damage, i, 0);
      this.#setReason(reason);
      const needed = kind === screenKinds.message ? this.#height * (geometry?.stride ?? 0) : 0;
      if (needed > pixels.byteLength) pixels.grow(needed);
      return old;
    });
    this.#pixels = new Uint8Array(pixels, 0, pixels.byteLength);
    if (untaken >= 0) this.#close(untaken);
  }

  #setReason(reason: string): void {
    const { words, reason: target } = this.#board;
    const bytes = Buffer.from(reason).subarray(0, maxReasonBytes);
    target.set(bytes);
    words[word.reasonLength] = bytes.length;
  }

  #raise(bit: number): void {
    if ((Atomics.or(this.#board.words, word.wake, bit) & bit) === 0) this.#wake();
  }
}
