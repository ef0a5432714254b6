// When a framer that was lost is started again: at once, unless it keeps dying.

export type RestartLimits = {
  /** So many losses within `windowMs` are answered at once. */
  readonly freeLosses: number;
  readonly windowMs: number;
  /** Further ones wait this long, then twice as long, and so on. */
  readonly firstWaitMs: number;
  readonly maxWaitMs: number;
  /** After so many waits in a row it is given up. */
  readonly maxWaits: number;
};

export const defaultLimits: RestartLimits = {
  freeLosses: 5,
  windowMs: 10_000,
  firstWaitMs: 1000,
  maxWaitMs: 8000,
  maxWaits: 6,
};

export class RestartPolicy {
  readonly #limits: RestartLimits;
  #losses: number[] = [];
  #waits = 0;

  constructor(limits = defaultLimits) {
    this.#limits = limits;
  }

  /** Milliseconds to wait after a loss at `nowMs`; undefined when it is to be given up. */
  lost(nowMs: number): number | undefined {
    const { freeLosses, windowMs, firstWaitMs, maxWaitMs, maxWaits } = this.#limits;
    const last = this.#losses.at(-1) ?? Number.NEGATIVE_INFINITY;
    // One that worked for a whole window, wait included, has recovered.
    if (nowMs - last > windowMs + maxWaitMs) this.#waits = 0;
    this.#losses = [...this.#losses.filter((at) => at > nowMs - windowMs), nowMs];
    if (this.#losses.length <= freeLosses && this.#waits === 0) return 0;
    if (this.#waits >= maxWaits) return undefined;
    return Math.min(maxWaitMs, firstWaitMs * 2 ** this.#waits++);
  }
}
