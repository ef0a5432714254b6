// How fast input may go into a guest.

import { sleep } from '../foundation/clock.ts';
import type { InputEvent } from './events.ts';

/** Time as the queue needs it; tests bring their own. */
export type InputClock = {
  /** Milliseconds from any fixed point. */
  now(): number;
  wait(ms: number): Promise<void>;
};

export const systemClock: InputClock = { now: () => performance.now(), wait: (ms) => sleep(ms) };

/**
 * Milliseconds from one event to the next. A virtio input device holds 64 entries (two for a key, three
 * for a pointer) and drops what comes while it is full: 300 keys at once arrived as 2 to 19. A guest whose
 * processor is away for 160 ms lost keys at 5 ms each. So what goes beyond `burst` keys goes steadily: then a
 * guest may be away for 400 ms, and nobody types faster. Buttons are another device's, and a wheel is a button:
 * turned fast, it makes more than one event each 20 ms. Where QEMU itself answers late (an emulator within an
 * emulator, a machine that is overrun), its guest is away longer in the same measure.
 */
export type Pace = {
  readonly switchMs: number;
  readonly pointerMs: number;
  /** Keys, down or up, that may go at `switchMs`; one more for each `steadyMs` that pass. */
  readonly burst: number;
  readonly steadyMs: number;
  /** At the steady pace there are at least as many of QEMU's answers' times between two keys. */
  readonly answers: number;
};

export const defaultPace: Pace = { switchMs: 5, pointerMs: 4, burst: 12, steadyMs: 20, answers: 3 };

/** Says after each event how long the next one has to wait. */
export class Pacer {
  readonly #pace: Pace;
  #left: number;
  #counted = Number.NEGATIVE_INFINITY;
  /** What QEMU has taken to answer, the latest answers counting most. */
  #answerMs = 0;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#left = pace.burst;
  }

  /** Milliseconds to wait after an event that goes now. */
  gapAfter({ kind }: InputEvent, now: number): number {
    const { switchMs, pointerMs, burst, answers } = this.#pace;
    if (kind === 'button') return switchMs;
    if (kind !== 'key') return pointerMs;
    const steadyMs = Math.max(this.#pace.steadyMs, answers * this.#answerMs);
    this.#left = Math.min(burst, this.#left + (now - this.#counted) / steadyMs) - 1;
    this.#counted = now;
    return this.#left >= 1 ? switchMs : Math.max(switchMs, (1 - this.#left) * steadyMs);
  }

  /** QEMU has taken an event, in that time. */
  answered(ms: number): void {
    this.#answerMs += (ms - this.#answerMs) / 4;
  }
}
