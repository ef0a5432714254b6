// Which keys the guest believes to be down. The browser loses key-ups (Alt+Tab, Meta chords on macOS,
// a dialog): the tracker notices from the modifier flags of later events and lets go of them, so that
// no key sticks. Repeats are not passed on; the guest makes its own.

export type KeyChange = { readonly code: string; readonly down: boolean };

/** What of a KeyboardEvent matters here. */
export type KeyEvent = {
  readonly code: string;
  readonly repeat: boolean;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  /** `getModifierState('AltGraph')`: the right Alt key may show as this and not as altKey. */
  readonly altGraph: boolean;
};

const metaCodes = ['MetaLeft', 'MetaRight'];

export class KeyTracker {
  readonly #down = new Set<string>();
  readonly #mac: boolean;

  constructor(options: { readonly mac: boolean } = { mac: false }) {
    this.#mac = options.mac;
  }

  /** Codes that are down, oldest first. */
  get down(): readonly string[] {
    return [...this.#down];
  }

  keydown(event: KeyEvent): KeyChange[] {
    if (event.repeat || !isKey(event.code)) return [];
    const changes = this.#lostModifiers(event);
    // macOS tells only that Caps Lock changed: the guest needs the whole stroke.
    if (this.#mac && event.code === 'CapsLock') return [...changes, ...stroke(event.code)];
    if (this.#down.has(event.code)) changes.push({ code: event.code, down: false });
    this.#down.add(event.code);
    changes.push({ code: event.code, down: true });
    return changes;
  }

  keyup(event: KeyEvent): KeyChange[] {
    if (!isKey(event.code)) return [];
    const changes = this.#lostModifiers(event);
    if (this.#mac && event.code === 'CapsLock') return [...changes, ...stroke(event.code)];
    if (this.#down.delete(event.code)) changes.push({ code: event.code, down: false });
    // macOS sends no key-up for keys pressed while Meta is held.
    if (this.#mac && metaCodes.includes(event.code)) changes.push(...this.releaseAll());
    return changes;
  }

  /** Lets go of everything; the changes that say so. */
  releaseAll(): KeyChange[] {
    const codes = [...this.#down].reverse();
    this.#down.clear();
    return codes.map((code) => ({ code, down: false }));
  }

  #lostModifiers(event: KeyEvent): KeyChange[] {
    const held: Readonly<Record<string, boolean>> = {
      ShiftLeft: event.shiftKey,
      ShiftRight: event.shiftKey,
      ControlLeft: event.ctrlKey,
      ControlRight: event.ctrlKey,
      AltLeft: event.altKey,
      AltRight: event.altKey || event.altGraph,
      MetaLeft: event.metaKey,
      MetaRight: event.metaKey,
    };
    const lost = [...this.#down].filter((code) => held[code] === false && code !== event.code);
    for (const code of lost) this.#down.delete(code);
    return lost.map((code) => ({ code, down: false }));
  }
}

/** Virtual keyboards and input methods send events without a physical key. */
function isKey(code: string): boolean {
  return code !== '' && code !== 'Unidentified';
}

function stroke(code: string): KeyChange[] {
  return [
    { code, down: true },
    { code, down: false },
  ];
}
