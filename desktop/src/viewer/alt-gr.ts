// AltGr on Windows: the browser tells of a left Control that nobody pressed, then of the right Alt. The guest
// would hear Ctrl+AltGr. So a left Control waits for what follows it: the right Alt takes it away, anything
// else, or a moment without anything, lets it through.

import type { KeyChange } from './keys.ts';

const fakeWithinMs = 40;
const control = 'ControlLeft';

type Timing = {
  /** Calls back after so long; returns how to prevent it. */
  readonly later: (ms: number, callback: () => void) => () => void;
};

const realTiming: Timing = {
  later: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

export class AltGrFilter {
  readonly #pass: (change: KeyChange) => void;
  readonly #timing: Timing;
  #cancel: (() => void) | undefined;
  /** The right Alt came instead of it: its release is as fake as it was. */
  #isFake = false;

  constructor(pass: (change: KeyChange) => void, timing: Timing = realTiming) {
    this.#pass = pass;
    this.#timing = timing;
  }

  push(change: KeyChange): void {
    const { code, down } = change;
    if (code === control && down) {
      this.flush();
      this.#cancel = this.#timing.later(fakeWithinMs, () => this.flush());
      return;
    }
    if (code === 'AltRight' && down && this.#cancel !== undefined) {
      this.#cancel();
      this.#cancel = undefined;
      this.#isFake = true;
    }
    if (code === control && this.#isFake) {
      this.#isFake = false;
      return;
    }
    this.flush();
    this.#pass(change);
  }

  /** Lets a Control that waits through: something else is about to be sent. */
  flush(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    this.#pass({ code: control, down: true });
  }
}
