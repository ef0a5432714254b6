// Who waits for a surface's first picture. The surface is theirs together: it goes when the last of them gives
// up, and stays, whoever gives up, once somebody was told that it is shown.

export class Waiters {
  #count = 0;
  #isTold = false;

  /** Somebody was told that the surface is shown. */
  get isTold(): boolean {
    return this.#isTold;
  }

  join(): void {
    this.#count++;
  }

  /** One is told that it is shown; true when it is the first. */
  told(): boolean {
    const isFirst = !this.#isTold;
    this.#isTold = true;
    this.#count--;
    return isFirst;
  }

  /** One waits no longer; true when the surface is nobody's then. */
  gaveUp(): boolean {
    this.#count--;
    return this.#count === 0 && !this.#isTold;
  }
}
