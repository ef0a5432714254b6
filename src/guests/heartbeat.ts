// Whether the agent in a guest still answers. A guest whose kernel has stopped (a panic that nobody reports, a
// lock-up) says nothing of it, while its QEMU is in the best of health: so it is asked now and then.

/** An agent that has been quiet for so long is asked. */
export const askAfterMs = 15_000;
/** It may be at work meanwhile, such as mounting a folder; one that is asked this long and says nothing hangs. */
export const hangsAfterMs = 60_000;

export class Heartbeat {
  readonly #ask: () => void;
  #heardAt: number;
  #askedAt: number | undefined;

  constructor(ask: () => void, nowMs: number) {
    this.#ask = ask;
    this.#heardAt = nowMs;
  }

  /** The agent has said something, whatever it was; or it cannot be expected to (the guest is paused). */
  heard(nowMs: number): void {
    this.#heardAt = nowMs;
    this.#askedAt = undefined;
  }

  /** To be called every few seconds: asks when it is time, and says whether the agent hangs. */
  hangs(nowMs: number): boolean {
    if (this.#askedAt === undefined && nowMs - this.#heardAt >= askAfterMs) {
      this.#askedAt = nowMs;
      this.#ask();
    }
    return this.#askedAt !== undefined && nowMs - this.#askedAt >= hangsAfterMs;
  }
}
