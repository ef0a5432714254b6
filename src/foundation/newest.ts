// What happens often, told a few times a second: the newest value wins.

export class Newest<T> {
  readonly #intervalMs: number;
  readonly #tell: (value: T) => void;
  #pending: { readonly value: T } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, tell: (value: T) => void) {
    this.#intervalMs = intervalMs;
    this.#tell = tell;
  }

  /** The first value after a quiet interval is told at once, later ones when the interval is over. */
  set(value: T): void {
    this.#pending = { value };
    if (this.#timer === undefined) this.#tellAndRest();
  }

  /** Tells now what is to be told, if anything is. */
  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#tell(pending.value);
  }

  /** Tells what is left, and nothing by itself any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.flush();
  }

  /** Tells nothing any more, also not what is left. */
  drop(): void {
    this.#pending = undefined;
    this.end();
  }

  #tellAndRest(): void {
    this.flush();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#pending !== undefined) this.#tellAndRest();
    }, this.#intervalMs);
    this.#timer.unref();
  }
}
