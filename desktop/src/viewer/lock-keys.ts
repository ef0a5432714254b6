// The person's lock keys, as the guest is to be told of them: when the screen gets the keyboard, and when they
// changed without a lock key that the guest was sent. A lock key that is pressed here goes to the guest as any
// other, and both sides change by themselves.

export type LockState = { readonly caps: boolean; readonly num: boolean };

const lockCodes: readonly string[] = ['CapsLock', 'NumLock'];

export class LockKeys {
  readonly #hasNum: boolean;
  #known: LockState | undefined;
  #guest: LockState | undefined;

  /** macOS has no Num Lock: there the guest keeps its own. */
  constructor(options: { readonly mac: boolean }) {
    this.#hasNum = !options.mac;
  }

  /** The guest's lights. */
  heard(lights: LockState): void {
    this.#guest = lights;
  }

  /** The screen has lost the keyboard: what is so when it is back has to be looked at anew. */
  reset(): void {
    this.#known = undefined;
  }

  /** To be asked before each key or click is sent: the state that the guest is to be told, if it is news. */
  news(event: {
    readonly code?: string;
    getModifierState(key: string): boolean;
  }): LockState | undefined {
    // Whether a lock key's own event tells the state before or after it differs between systems.
    if (event.code !== undefined && lockCodes.includes(event.code)) {
      this.reset();
      return undefined;
    }
    const state = {
      caps: event.getModifierState('CapsLock'),
      num: this.#hasNum ? event.getModifierState('NumLock') : (this.#guest?.num ?? false),
    };
    const before = this.#known;
    this.#known = state;
    return before?.caps === state.caps && before.num === state.num ? undefined : state;
  }
}
