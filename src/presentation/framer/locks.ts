// Lock keys in step: the guest's lights are told to viewers, and the person's lock keys are brought into the
// guest by pressing the key where the two differ. Only into a guest whose lights are known to work, and once
// for each wish: a guest that lies about its lights cannot make us type.

import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import type { LockLights } from '../../hypervisor/display/index.ts';
import { type Gesture, keyStroke, qnumOf } from '../../input/index.ts';

export type LocksParts = {
  readonly press: (gestures: readonly Gesture[]) => void;
  readonly tell: (message: FramerMessage) => void;
};

type Wish = { readonly caps: boolean; readonly num: boolean };

/** The guest's lights follow a key that late. */
const settleMs = 300;
const lockCodes: readonly string[] = ['CapsLock', 'NumLock', 'ScrollLock'];

export class Locks implements Disposable {
  readonly #parts: LocksParts;
  #lights: LockLights = { scrollLock: false, numLock: false, capsLock: false };
  /** The guest has lit or put out a light: it tells of them. */
  #isTold = false;
  #wish: Wish | undefined;
  #pressedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: LocksParts) {
    this.#parts = parts;
  }

  /** What QEMU knows of the lights so far: none lit says nothing. */
  begin(known: Promise<LockLights>): void {
    void known.then(
      (lights) => {
        if (!this.#isTold && Object.values(lights).some(Boolean)) this.heard(lights);
      },
      () => {},
    );
  }

  get message(): Extract<FramerMessage, { type: 'locks' }> {
    const { capsLock: caps, numLock: num, scrollLock: scroll } = this.#lights;
    return { type: 'locks', caps, num, scroll };
  }

  /** The guest's lights are these now. */
  heard(lights: LockLights): void {
    this.#isTold = true;
    this.#lights = lights;
    this.#parts.tell(this.message);
  }

  /** A key goes to the guest: after a lock key its lights are about to change. */
  typed(code: string): void {
    if (lockCodes.includes(code)) this.#pressedAt = performance.now();
  }

  /** The person's lock keys are these. */
  want({ caps, num }: Wish): void {
    this.#wish = { caps, num };
    const wait = this.#pressedAt + settleMs - performance.now();
    clearTimeout(this.#timer);
    if (wait <= 0) this.#act();
    else this.#timer = setTimeout(() => this.#act(), wait);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #act(): void {
    const wish = this.#wish;
    this.#wish = undefined;
    if (wish === undefined || !this.#isTold) return;
    const wrong = [
      ...(wish.caps === this.#lights.capsLock ? [] : ['CapsLock']),
      ...(wish.num === this.#lights.numLock ? [] : ['NumLock']),
    ];
    if (wrong.length === 0) return;
    this.#pressedAt = performance.now();
    this.#parts.press(wrong.map((code) => keyStroke(qnumOf(code) ?? 0)));
  }
}
