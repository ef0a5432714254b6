// How often a browser that fails is started again. Pure: times come in, waits go out.

/** So many failures within this time, and the display is given up: the text console is shown. */
export const mostFailures = 5;
export const withinMs = 10 * 60_000;
const firstWaitMs = 1000;

export class Patience {
  #failures: number[] = [];

  /** What follows a failure at `now` (ms, of any clock): a wait before the next try, or no further try. */
  failed(now: number): { readonly waitMs: number } | 'give-up' {
    this.#failures = [...this.#failures.filter((time) => time > now - withinMs), now];
    if (this.#failures.length >= mostFailures) return 'give-up';
    return { waitMs: firstWaitMs * 2 ** (this.#failures.length - 1) };
  }

  /** The person asked for the display again. */
  reset(): void {
    this.#failures = [];
  }
}
