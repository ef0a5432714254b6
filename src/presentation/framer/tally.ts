// Things that happen often, told at most once an interval.

export class Tally {
  readonly #intervalMs: number;
  readonly #tell: (count: number) => void;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `tell` gets the sum since it was called last. */
  constructor(intervalMs: number, tell: (count: number) => void) {
    this.#intervalMs = intervalMs;
    this.#tell = tell;
  }

  /** Counts; the first one after a quiet interval is told at once. */
  add(count = 1): void {
    this.#count += count;
    if (this.#timer === undefined) this.#tellAndRest();
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
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#count > 0) this.#tellAndRest();
    }, this.#intervalMs);
    this.#timer.unref();
  }
}
