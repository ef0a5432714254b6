// What sizes a guest's screens should have, after the windows that show them. The guest's agent is asked when
// it can do it, and again when it is back; what it says it did becomes a marker, as often as one may read it.

import type { Agent } from './agent.ts';

export type ScreenWish = {
  readonly head: number;
  readonly width: number;
  readonly height: number;
  readonly scalePercent: number;
};

export type ScreenWishesParts = {
  readonly agent: Pick<Agent, 'can' | 'display' | 'heard'>;
  /** A screen is of this size now, says the guest. */
  readonly onFollowed: (head: number, width: number, height: number) => void;
  readonly now?: () => number;
};

/** A guest may say what it likes as often as it likes. */
const tellEveryMs = 250;

export class ScreenWishes {
  readonly #parts: ScreenWishesParts;
  readonly #now: () => number;
  readonly #wishes = new Map<number, ScreenWish>();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ScreenWishesParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    parts.agent.heard.on((message) => {
      // An agent says what it can when it has started.
      if (message.type === 'can') for (const wish of this.#wishes.values()) this.#ask(wish);
      if (message.type !== 'display' || this.#now() - this.#toldAt < tellEveryMs) return;
      this.#toldAt = this.#now();
      parts.onFollowed(message.head, message.width, message.height);
    });
  }

  /** The window has this size now. An agent that cannot is not asked: QEMU has told the guest already. */
  want(wish: ScreenWish): void {
    this.#wishes.set(wish.head, wish);
    this.#ask(wish);
  }

  #ask({ head, width, height, scalePercent }: ScreenWish): void {
    if (this.#parts.agent.can('display'))
      this.#parts.agent.display(head, width, height, scalePercent);
  }
}
