// One direction of a link: a token bucket without a burst (bytes leave one behind the other, at the link's
// rate), then a fixed delay. Pure: time is the caller's.

export type Shape = { readonly bytesPerSecond: number; readonly delayMs: number };

export class Pacer {
  readonly #shape: Shape;
  #freeAt = Number.NEGATIVE_INFINITY;

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  /** Takes bytes now; when (ms) the last of them arrives at the other end. */
  arrival(bytes: number, now: number): number {
    this.#freeAt = Math.max(this.#freeAt, now) + (bytes / this.#shape.bytesPerSecond) * 1000;
    return this.#freeAt + this.#shape.delayMs;
  }

  /** How long what was taken until now still needs before all of it has left. */
  backlogMs(now: number): number {
    return Math.max(0, this.#freeAt - now);
  }
}
