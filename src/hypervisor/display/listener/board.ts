// The memory that a listener's thread and the framer's main thread share. It has a fixed size, apart from
// the pixels of a QEMU without shared memory: neither a flood of messages nor a main thread that is busy
// can make it grow. Everything in it is newest-wins.
//
// Invariants: the slots (screen, cursor, pointer) are read and written under the lock alone. A descriptor
// in the screen's slot belongs to the board: who takes it out owns it, who replaces it closes it. Damage
// bits are set without the lock, always before their wake bit; the reader clears the wake bit first and
// reads afterwards, so that nothing stays unseen. `damagedAt` is a plain aligned double. Pixels that came in a
// message are written, and read for a picture, under a lock of their own: nobody sees half of one and half of
// the next.

import { maxScanoutSize } from '../../../contracts/viewer-protocol.ts';
import { damageWords } from '../damage.ts';

export const screenKinds = { none: 0, map: 1, message: 2, off: 3, refused: 4 } as const;
export type ScreenKind = (typeof screenKinds)[keyof typeof screenKinds];

/** Bits of the `wake` word: set by the thread, which sends a message when a bit was clear. */
export const wakeBits = { screen: 1, pointer: 2 } as const;

/** Words of the board, 32 bits each. */
export const word = {
  lock: 0,
  wake: 1,
  /** Counts the screens: another number means another scanout. */
  screen: 2,
  kind: 3,
  /** Of the scanout's memory; -1 when there is none or it was taken. */
  fd: 4,
  width: 5,
  height: 6,
  stride: 7,
  format: 8,
  offset: 9,
  cursor: 10,
  cursorWidth: 11,
  cursorHeight: 12,
  cursorHotX: 13,
  cursorHotY: 14,
  pointer: 15,
  pointerX: 16,
  pointerY: 17,
  pointerVisible: 18,
  reasonLength: 19,
  pixelLock: 20,
} as const;
const wordCount = 21;

export const maxCursorSize = 512;
export const maxReasonBytes = 200;
const maxPixelBytes = maxScanoutSize * maxScanoutSize * 4;

export type Board = {
  readonly words: Int32Array<SharedArrayBuffer>;
  /** [0]: time of the newest damage, ms since the epoch. */
  readonly times: Float64Array<SharedArrayBuffer>;
  readonly damage: Int32Array<SharedArrayBuffer>;
  /** Why a screen was refused, in words. */
  readonly reason: Uint8Array<SharedArrayBuffer>;
  readonly cursor: Uint8Array<SharedArrayBuffer>;
  /** Growable; rows of a scanout that came in messages, packed tightly, in the guest's format. */
  readonly pixels: SharedArrayBuffer;
};

export function createBoard(): Board {
  const board: Board = {
    words: new Int32Array(new SharedArrayBuffer(wordCount * 4)),
    times: new Float64Array(new SharedArrayBuffer(8)),
    damage: new Int32Array(new SharedArrayBuffer(damageWords * 4)),
    reason: new Uint8Array(new SharedArrayBuffer(maxReasonBytes)),
    cursor: new Uint8Array(new SharedArrayBuffer(maxCursorSize * maxCursorSize * 4)),
    pixels: new SharedArrayBuffer(0, { maxByteLength: maxPixelBytes }),
  };
  board.words[word.fd] = -1;
  return board;
}

const free = 0;
const held = 1;
const contended = 2;

/**
 * Runs `work`, which must be short and may not wait, while the other thread is kept out of the slots, or of
 * the pixels. A futex lock: Drepper, "Futexes Are Tricky", mutex 2.
 */
export function locked<T>(
  { words }: Pick<Board, 'words'>,
  work: () => T,
  lock: typeof word.lock | typeof word.pixelLock = word.lock,
): T {
  if (Atomics.compareExchange(words, lock, free, held) !== free) {
    while (Atomics.exchange(words, lock, contended) !== free) Atomics.wait(words, lock, contended);
  }
  try {
    return work();
  } finally {
    if (Atomics.exchange(words, lock, free) === contended) Atomics.notify(words, lock, 1);
  }
}
