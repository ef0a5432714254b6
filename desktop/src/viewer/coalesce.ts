// Pointer moves come faster than a guest can use them. Only the newest of an interval is sent; the
// first after a pause goes out at once. Whatever else is sent (a button, a key) first sends the move
// that waits, so that a click lands where the pointer was and order is kept.

import type { ViewerMessage } from '../../../src/contracts/index.ts';

type Timing = {
  readonly intervalMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Calls back once after so many milliseconds. */
  readonly later: (ms: number, callback: () => void) => void;
};

const realTiming: Timing = {
  intervalMs: 8,
  now: () => performance.now(),
  later: (ms, callback) => void setTimeout(callback, ms),
};

export class InputQueue {
  readonly #send: (message: ViewerMessage) => void;
  readonly #timing: Timing;
  #waiting: ViewerMessage | undefined;
  #lastMoveAt = Number.NEGATIVE_INFINITY;
  #timer = false;

  constructor(send: (message: ViewerMessage) => void, timing: Timing = realTiming) {
    this.#send = send;
    this.#timing = timing;
  }

  /** Sends a message now, or keeps a pointer move for at most one interval. */
  push(message: ViewerMessage): void {
    if (message.type !== 'pointer') {
      this.#flush();
      this.#send(message);
      return;
    }
    this.#waiting = message;
    const due = this.#lastMoveAt + this.#timing.intervalMs - this.#timing.now();
    if (due <= 0) this.#flush();
    else if (!this.#timer) {
      this.#timer = true;
      this.#timing.later(due, () => {
        this.#timer = false;
        this.#flush();
      });
    }
  }

  #flush(): void {
    const move = this.#waiting;
    if (!move) return;
    this.#waiting = undefined;
    this.#lastMoveAt = this.#timing.now();
    this.#send(move);
  }
}
