// Launches under way: counted like running guests, and ended by whoever may end the guest.

export type Launch = Disposable & { readonly signal: AbortSignal };

export class Launches {
  readonly #underWay = new Map<string, AbortController>();

  get size(): number {
    return this.#underWay.size;
  }

  /** Notes a launch down until it is disposed of. Its signal is aborted by `abort`, and by `life`. */
  begin(id: string, life: AbortSignal): Launch {
    const controller = new AbortController();
    this.#underWay.set(id, controller);
    return {
      signal: AbortSignal.any([controller.signal, life]),
      [Symbol.dispose]: () => this.#underWay.delete(id),
    };
  }

  /** Ends the launch of this guest; false when there is none. */
  abort(id: string, reason: Error): boolean {
    const controller = this.#underWay.get(id);
    controller?.abort(reason);
    return controller !== undefined;
  }
}
