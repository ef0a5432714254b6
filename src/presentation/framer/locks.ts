// Lock keys in step: the guest's lights are told to viewers, and the person's lock keys are brought into the
// guest by pressing the key where the two differ, once for each wish: a guest that lies about its lights cannot
// make us type. A guest tells of its lights when they change; one that never did is tried once, and what was
// pressed is pressed again when it shows no light.

import type { FramerMessage } from '../../contracts/viewer-protocol.ts';
import { Newest } from '../../foundation/newest.ts';
import type { LockLights } from '../../hypervisor/display/index.ts';
import { type Gesture, keyStroke, qnumOf } from '../../input/index.ts';

export type LocksParts = {
  readonly tell: (message: FramerMessage) => void;
};

type Wish = { readonly caps: boolean; readonly num: boolean };
type Wanted = Wish & { readonly press: Press; readonly at: number };
type Press = (gestures: readonly Gesture[]) => void;

/** The guest's lights follow a key that late. */
const settleMs = 300;
/** A guest that shows lights at all has shown one by then. */
const lightMs = 1000;
/** A guest may flicker as fast as it likes. */
const tellEveryMs = 50;
const lockCodes: readonly string[] = ['CapsLock', 'NumLock', 'ScrollLock'];

export class Locks implements Disposable {
  readonly #news: Newest<FramerMessage>;
  #lights: LockLights = { scrollLock: false, numLock: false, capsLock: false };
  /** The guest has lit or put out a light: it tells of them. */
  #isTold = false;
  #isTried = false;
  #wish: Wanted | undefined;
  /** What the lights are to become by what was pressed last. */
  #expected: Wish | undefined;
  #pressedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: LocksParts) {
    this.#news = new Newest(tellEveryMs, parts.tell);
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
    const before = JSON.stringify(this.message);
    this.#lights = lights;
    if (JSON.stringify(this.message) !== before) this.#news.set(this.message);
    const expected = this.#expected;
    if (expected?.caps === lights.capsLock && expected.num === lights.numLock) {
      // They have followed: what is wished for next need not wait, and is ahead of what is typed next.
      this.#expected = undefined;
      this.#pressedAt = Number.NEGATIVE_INFINITY;
    }
    // What was wished for while the first light was on its way.
    const { at = 0 } = this.#wish ?? {};
    if (performance.now() - at < lightMs) this.#actSoon();
    else this.#wish = undefined;
  }

  /** A key goes to the guest: after a lock key its lights are about to change. */
  typed(code: string): void {
    if (!lockCodes.includes(code)) return;
    this.#pressedAt = performance.now();
    this.#expected = undefined;
  }

  /** The person's lock keys are these; `press` types for that person. */
  want({ caps, num }: Wish, press: Press): void {
    this.#wish = { caps, num, press, at: performance.now() };
    this.#actSoon();
  }

  [Symbol.dispose](): void {
    this.#news.drop();
    clearTimeout(this.#timer);
  }

  /** When the lights have settled. */
  #actSoon(): void {
    const wait = this.#pressedAt + settleMs - performance.now();
    clearTimeout(this.#timer);
    if (wait <= 0) this.#act();
    else this.#timer = setTimeout(() => this.#act(), wait);
  }

  #act(): void {
    const wish = this.#wish;
    // One that was tried and has shown no light yet may still: the wish waits for it.
    if (wish === undefined || (this.#isTried && !this.#isTold)) return;
    this.#wish = undefined;
    const wrong = [
      ...(wish.caps === this.#lights.capsLock ? [] : ['CapsLock']),
      ...(wish.num === this.#lights.numLock ? [] : ['NumLock']),
    ];
    if (wrong.length === 0) return;
    this.#pressedAt = performance.now();
    const strokes = wrong.map((code) => keyStroke(qnumOf(code) ?? 0));
    this.#expected = { caps: wish.caps, num: wish.num };
    wish.press(strokes);
    if (this.#isTold) return;
    this.#isTried = true;
    this.#timer = setTimeout(() => {
      if (!this.#isTold) wish.press(strokes);
      else if (this.#wish !== undefined) this.#act();
    }, lightMs);
  }
}
