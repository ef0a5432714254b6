// The one chord that a guest never keeps: left Ctrl and left Alt pressed and let go with nothing in
// between gives the keyboard back to RayOS, as VMware's and GNOME's viewers do. Ctrl+Alt+T, Ctrl+Alt+F2
// and the like have a key in between and reach the guest; AltGr is the right Alt key and is not meant.

const chord: readonly string[] = ['ControlLeft', 'AltLeft'];

/** The chord as it is written on the keys here. */
export function releaseChordLabel(mac: boolean): string {
  return mac ? 'Control+Option' : 'Ctrl+Alt';
}

export class ReleaseChord {
  readonly #down = new Set<string>();
  #complete = false;
  #spoiled = false;

  keydown(code: string): void {
    this.#down.add(code);
    if (!chord.includes(code)) this.#spoiled = true;
    this.#complete = chord.every((key) => this.#down.has(key));
  }

  /** True when letting this key go completes the chord. */
  keyup(code: string): boolean {
    this.#down.delete(code);
    const released = this.#complete && !this.#spoiled && chord.includes(code);
    if (released) this.#complete = false;
    if (this.#down.size === 0) this.reset();
    return released;
  }

  /** A click or a turn of the wheel while the keys are down: they were meant for the guest. */
  spoil(): void {
    if (this.#down.size > 0) this.#spoiled = true;
  }

  reset(): void {
    this.#down.clear();
    this.#complete = false;
    this.#spoiled = false;
  }
}
