// Fingers as a mouse, for guests without a touch screen: a tap is a click, a long press a click of the right
// button, a finger that moves drags, two fingers turn the wheel (what is under them follows them).

import type { ViewerMessage } from '../../../src/contracts/index.ts';

type Point = { readonly x: number; readonly y: number };

type Parts = {
  readonly send: (message: ViewerMessage) => void;
  /** From a place in the page to the guest's pixel. */
  readonly locate: (clientX: number, clientY: number) => Point;
  /** Calls back after so long; returns how to prevent it. */
  readonly later?: (ms: number, callback: () => void) => () => void;
};

const longPressMs = 500;
/** A finger that rests moves less, in the page's pixels. */
const slack = 10;
const pixelsPerNotch = 40;

/** What the fingers do: nothing decided, dragging, turning the wheel, or done until all are lifted. */
type Mode = 'undecided' | 'drag' | 'wheel' | 'done';

export class TouchMouse {
  readonly #parts: Parts;
  readonly #fingers = new Map<number, Point>();
  #mode: Mode = 'undecided';
  #start: Point = { x: 0, y: 0 };
  #turn: Point = { x: 0, y: 0 };
  #cancelPress = () => {};

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  down(id: number, at: Point): void {
    // A finger that is down already was lifted without a word.
    this.up(id);
    this.#fingers.set(id, at);
    if (this.#fingers.size === 1) {
      this.#mode = 'undecided';
      this.#start = at;
      this.#turn = { x: 0, y: 0 };
      const later = this.#parts.later ?? realLater;
      this.#cancelPress = later(longPressMs, () => {
        if (this.#mode !== 'undecided') return;
        this.#mode = 'done';
        this.#click('right', at);
      });
    } else {
      this.#cancelPress();
      if (this.#mode === 'undecided') this.#mode = this.#fingers.size === 2 ? 'wheel' : 'done';
    }
  }

  move(id: number, at: Point): void {
    const before = this.#fingers.get(id);
    if (before === undefined) return;
    this.#fingers.set(id, at);
    if (this.#mode === 'wheel') this.#wheel((at.x - before.x) / 2, (at.y - before.y) / 2);
    const far = Math.hypot(at.x - this.#start.x, at.y - this.#start.y) > slack;
    if (this.#mode === 'undecided' && far) {
      this.#cancelPress();
      this.#mode = 'drag';
      this.#place(this.#start);
      this.#button('left', true);
    }
    if (this.#mode === 'drag') this.#place(at);
  }

  up(id: number): void {
    const at = this.#fingers.get(id);
    if (at === undefined) return;
    this.#fingers.delete(id);
    this.#cancelPress();
    if (this.#mode === 'undecided') this.#click('left', at);
    if (this.#mode === 'drag') this.#button('left', false);
    this.#mode = 'done';
  }

  /** The browser has taken the fingers for itself. */
  cancel(): void {
    this.#cancelPress();
    if (this.#mode === 'drag') this.#button('left', false);
    this.#fingers.clear();
    this.#mode = 'done';
  }

  #wheel(dx: number, dy: number): void {
    const turn = { x: this.#turn.x + dx, y: this.#turn.y + dy };
    const up = Math.trunc(turn.y / pixelsPerNotch) + 0;
    const left = Math.trunc(turn.x / pixelsPerNotch) + 0;
    this.#turn = { x: turn.x - left * pixelsPerNotch, y: turn.y - up * pixelsPerNotch };
    if (up !== 0 || left !== 0) this.#parts.send({ type: 'wheel', up, right: 0 - left });
  }

  #click(button: 'left' | 'right', at: Point): void {
    this.#place(at);
    this.#button(button, true);
    this.#button(button, false);
  }

  #button(button: 'left' | 'right', down: boolean): void {
    this.#parts.send({ type: 'button', button, down });
  }

  #place({ x, y }: Point): void {
    this.#parts.send({ type: 'pointer', ...this.#parts.locate(x, y) });
  }
}

function realLater(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
