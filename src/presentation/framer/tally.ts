// Things that happen often, told at most once an interval.

export class Tally {
  readonly #intervalMs: number;
  readonly #tell: (count: number) => void;
  readonly #firstAfterMs: number;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /**
   * `tell` gets the sum since it was called last. The first one after a quiet interval is told at once, or
   * `firstAfterMs` later: what counts in a hot moment is not made to wait for what is told of it.
   */
  constructor(intervalMs: number, tell: (count: number) => void, firstAfterMs = 0) {
    this.#intervalMs = intervalMs;
    this.#tell = tell;
    this.#firstAfterMs = firstAfterMs;
  }

  add(count = 1): void {
    this.#count += count;
    if (this.#timer !== undefined) return;
    if (this.#firstAfterMs === 0) this.#tellAndRest();
    else this.#wait(this.#firstAfterMs);
  }

  /** Tells now what was counted. */
  flush(): void {
    const count = this.#count;
    this.#count = 0;
    if (count > 0) this.#tell(count);
  }

  /** Tells what was counted, and nothing by itself any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.flush();
  }

  #tellAndRest(): void {
    this.flush();
    this.#wait(this.#intervalMs);
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#count > 0) this.#tellAndRest();
    }, ms);
    this.#timer.unref();
  }
}
