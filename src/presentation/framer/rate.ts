// A bucket that fills by `perSecond` up to `burst`; each use takes one, or what it says.

export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#at = nowMs;
  }

  /** False when it was used too often. */
  use(nowMs: number, amount = 1): boolean {
    const earned = ((nowMs - this.#at) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#burst, this.#left + earned);
    this.#at = nowMs;
    if (this.#left < amount) return false;
    this.#left -= amount;
    return true;
  }
}
