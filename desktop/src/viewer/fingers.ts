// Fingers as fingers, for guests with a touch screen: each keeps its slot from when it comes until it goes.

import type { ViewerMessage } from '../../../src/contracts/index.ts';

type Point = { readonly x: number; readonly y: number };

export type FingersParts = {
  readonly send: (message: ViewerMessage) => void;
  /** From a place in the page to the guest's pixel. */
  readonly locate: (clientX: number, clientY: number) => Point;
};

/** As many as touch screens tell apart. */
const mostFingers = 10;

export class Fingers {
  readonly #parts: FingersParts;
  /** By the browser's pointer, with where it was told to be last. */
  readonly #slots = new Map<number, { readonly slot: number; at: Point }>();

  constructor(parts: FingersParts) {
    this.#parts = parts;
  }

  down(id: number, at: Point): void {
    const taken = new Set([...this.#slots.values()].map(({ slot }) => slot));
    const slot = Array.from({ length: mostFingers }, (_, i) => i).find((i) => !taken.has(i));
    if (slot === undefined || this.#slots.has(id)) return;
    const place = this.#parts.locate(at.x, at.y);
    this.#slots.set(id, { slot, at: place });
    this.#parts.send({ type: 'touch', phase: 'begin', slot, ...place });
  }

  move(id: number, at: Point): void {
    const finger = this.#slots.get(id);
    if (finger === undefined) return;
    const place = this.#parts.locate(at.x, at.y);
    if (place.x === finger.at.x && place.y === finger.at.y) return;
    finger.at = place;
    this.#parts.send({ type: 'touch', phase: 'update', slot: finger.slot, ...place });
  }

  up(id: number): void {
    this.#end(id, 'end');
  }

  /** The browser has taken the fingers for itself: what they did is taken back. */
  cancel(): void {
    for (const id of [...this.#slots.keys()]) this.#end(id, 'cancel');
  }

  #end(id: number, phase: 'end' | 'cancel'): void {
    const finger = this.#slots.get(id);
    if (finger === undefined) return;
    this.#slots.delete(id);
    this.#parts.send({ type: 'touch', phase, slot: finger.slot, ...finger.at });
  }
}
