// Questions to a framer that are answered by number.

import type { RayError } from '../contracts/index.ts';

type Waiting<T> = {
  readonly resolve: (answer: T) => void;
  readonly reject: (thrown: unknown) => void;
};

export class Requests<T> {
  readonly #waiting = new Map<number, Waiting<T>>();
  #last = 0;

  /**
   * Asks by `send(id)` and resolves with the answer. Rejects with the signal's reason when aborted
   * (after `cancel(id)`), and with what `failAll` says.
   */
  ask(
    send: (id: number) => void,
    options: { readonly signal?: AbortSignal; readonly cancel?: (id: number) => void } = {},
  ): Promise<T> {
    const { signal, cancel } = options;
    const id = ++this.#last;
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const settle = (act: () => void) => {
        this.#waiting.delete(id);
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onAbort = () =>
        settle(() => {
          cancel?.(id);
          reject(signal?.reason);
        });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, {
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (thrown) => settle(() => reject(thrown)),
      });
      send(id);
    });
  }

  /** An answer has come. One that nobody waits for is nothing. */
  answer(id: number, answer: T): void {
    this.#waiting.get(id)?.resolve(answer);
  }

  fail(id: number, error: RayError): void {
    this.#waiting.get(id)?.reject(error);
  }

  failAll(error: RayError): void {
    for (const { reject } of [...this.#waiting.values()]) reject(error);
  }
}
