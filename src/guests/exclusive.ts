// One operation at a time for each key; the others wait their turn. An operation that fails does not
// keep the next from running.

export class Exclusive {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Whether something runs, or waits, under `key`. */
  isBusy(key: string): boolean {
    return this.#tails.has(key);
  }

  /** Runs `work` when everything that was asked before it under `key` has ended. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const turn = before.then(work, work);
    const tail = turn.catch(() => undefined);
    this.#tails.set(key, tail);
    void tail.then(() => this.#tails.get(key) === tail && this.#tails.delete(key));
    return turn;
  }
}
