// The main thread's side of the board: takes what is new.

import { Damage, damageWords } from '../damage.ts';
import type { Geometry } from '../geometry.ts';
import type { Cursor, Pointer } from '../types.ts';
import { type Board, locked, type ScreenKind, word } from './board.ts';

export type TakenScreen = {
  /** Another number than before means another screen. */
  readonly number: number;
  readonly kind: ScreenKind;
  readonly geometry: Geometry;
  /** Of a map's memory, and the caller's from now on; -1 when it was taken before. */
  readonly fd: number;
  readonly reason: string;
  readonly damage: Damage;
  readonly damagedAt: number;
};

/** The screen as it is now, and the damage since the last call. The wake bit is to be cleared before. */
export function takeScreen(board: Board): TakenScreen {
  const { words, times, damage, reason } = board;
  const at = (index: number) => words[index] ?? 0;
  return locked(board, () => {
    const fd = at(word.fd);
    words[word.fd] = -1;
    const [width, height] = [at(word.width), at(word.height)];
    const taken = new Damage(width, height);
    for (let i = 0; i < damageWords; i++) {
      if (Atomics.load(damage, i) !== 0) taken.words[i] = Atomics.exchange(damage, i, 0);
    }
    return {
      number: at(word.screen),
      kind: at(word.kind) as ScreenKind,
      geometry: {
        width,
        height,
        stride: at(word.stride) >>> 0,
        format: at(word.format),
        offset: at(word.offset) >>> 0,
      },
      fd,
      reason: Buffer.from(reason.slice(0, at(word.reasonLength))).toString(),
      damage: taken,
      damagedAt: times[0] ?? 0,
    };
  });
}

/** True while the board's pixels are those of the screen with this number. */
export function isCurrentScreen(board: Board, number: number): boolean {
  return Atomics.load(board.words, word.screen) === number;
}

/** The newest cursor unless it is number `known`. */
export function takeCursor(
  board: Board,
  known: number,
): { number: number; cursor: Cursor } | undefined {
  const { words, cursor } = board;
  const at = (index: number) => words[index] ?? 0;
  const taken = locked(board, () => {
    if (at(word.cursor) === known) return undefined;
    const [width, height] = [at(word.cursorWidth), at(word.cursorHeight)];
    const pixels = new Uint8ClampedArray(width * height * 4);
    pixels.set(cursor.subarray(0, pixels.length));
    const hot = { hotX: at(word.cursorHotX), hotY: at(word.cursorHotY) };
    return { number: at(word.cursor), cursor: { width, height, ...hot, pixels } };
  });
  if (taken !== undefined) argbToRgba(taken.cursor.pixels);
  return taken;
}

/** The newest pointer unless it is number `known`. */
export function takePointer(
  board: Board,
  known: number,
): { number: number; pointer: Pointer } | undefined {
  const { words } = board;
  const at = (index: number) => words[index] ?? 0;
  return locked(board, () => {
    if (at(word.pointer) === known) return undefined;
    const position = { x: at(word.pointerX), y: at(word.pointerY) };
    const pointer = { ...position, visible: at(word.pointerVisible) === 1 };
    return { number: at(word.pointer), pointer };
  });
}

/**
 * B, G, R, A to straight R, G, B, A. Linux guests multiply colours by alpha (the default of DRM's planes),
 * others do not, and QEMU does not say: a colour above its alpha proves that they are straight.
 */
export function argbToRgba(pixels: Uint8ClampedArray): void {
  let isPremultiplied = true;
  for (let i = 0; i < pixels.length; i += 4) {
    const blue = pixels[i] as number;
    const red = pixels[i + 2] as number;
    pixels[i] = red;
    pixels[i + 2] = blue;
    const alpha = pixels[i + 3] as number;
    if (red > alpha || blue > alpha || (pixels[i + 1] as number) > alpha) isPremultiplied = false;
  }
  if (!isPremultiplied) return;
  for (let i = 0; i < pixels.length; i += 4) {
    const alpha = pixels[i + 3] as number;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = i; c < i + 3; c++) pixels[c] = ((pixels[c] as number) * 255) / alpha;
  }
}
