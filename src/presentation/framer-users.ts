// Users for framers, where rayosd is root: no two that run have the same one, so one that a guest has taken
// over can neither signal nor trace another. (That they lost root by setuid makes them untraceable as well:
// the kernel clears "dumpable" then, unless fs.suid_dumpable says otherwise.)

/** How many framers can run at once: one for each presented guest, and the spare one. */
export const maxFramers = 1024;

export class FramerUsers {
  readonly #highest: number;
  readonly #taken = new Set<number>();
  #next = 0;

  /** Uids are `highest` and the 1023 below it: above it are those of guests. */
  constructor(highest: number) {
    this.#highest = highest;
  }

  /** One that nobody has, and that was unused for as long as can be. Throws RangeError without any. */
  take(): number {
    for (let i = 0; i < maxFramers; i++) {
      const uid = this.#highest - this.#next;
      this.#next = (this.#next + 1) % maxFramers;
      if (this.#taken.has(uid)) continue;
      this.#taken.add(uid);
      return uid;
    }
    throw new RangeError(`${maxFramers} framers run already`);
  }

  release(uid: number): void {
    this.#taken.delete(uid);
  }
}
