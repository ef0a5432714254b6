// What a guest writes to its serial console, made safe for the terminal that shows it. A hostile guest must
// not set titles, fill the clipboard, ask the terminal questions whose answers would be typed, or leave
// it unusable. `plain` lets nothing through but text and line ends; `screen` also lets colours, cursor
// movement and erasing through, which an editor or a login in the guest needs.

/** ECMA-48 sequences that only draw: move, erase, insert, delete, scroll, colours, margins. */
const drawing = /^[0-9;:]*[ABCDEFGHJKLMPSTXZ@`abdefgmrsu]$/;
/**
 * Modes that may be set, and that `terminalReset` sets back: cursor keys, wrapping, the cursor, the second
 * screen, insertion. Others lock the keyboard (2), report the mouse or the focus, or ask for answers.
 */
const modes = /^(?:\?(?:1|7|25|47|1047|1048|1049)|4)[hl]$/;
const maxSequence = 64;

type State = 'text' | 'escape' | 'charset' | 'csi' | 'string' | 'string-escape';

export class ConsoleFilter {
  readonly #isScreen: boolean;
  #state: State = 'text';
  #sequence = '';
  #afterReturn = false;
  /** The first half of a character whose second half comes with the next text. */
  #half = '';

  constructor(mode: 'plain' | 'screen') {
    this.#isScreen = mode === 'screen';
  }

  /** The part of `text` that may be shown; sequences and characters may be cut between calls. */
  push(text: string): string {
    const whole = this.#half + text;
    this.#half = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? '';
    let shown = '';
    for (const character of whole.slice(0, whole.length - this.#half.length))
      shown += this.#next(character);
    return shown;
  }

  #next(c: string): string {
    // CAN and SUB end any sequence.
    if (c === '\x18' || c === '\x1a') {
      this.#state = 'text';
      return '';
    }
    switch (this.#state) {
      case 'text':
        return this.#text(c);
      case 'escape':
        return this.#escape(c);
      case 'charset':
        this.#state = 'text';
        return '';
      case 'csi':
        return this.#csi(c);
      case 'string':
        if (c === '\x07' || c === '\x9c') this.#state = 'text';
        else if (c === '\x1b') this.#state = 'string-escape';
        return '';
      case 'string-escape':
        this.#state = c === '\\' ? 'text' : 'string';
        return '';
    }
  }

  #text(c: string): string {
    const code = c.codePointAt(0) ?? 0;
    const isAfterReturn = this.#afterReturn;
    this.#afterReturn = false;
    if (c === '\x1b') this.#state = 'escape';
    else if (c === '\n' || c === '\t') return c;
    else if (this.#isScreen && (c === '\r' || c === '\b' || c === '\x07')) return c;
    else if (c === '\r') this.#afterReturn = true;
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return '';
    else if (/[\u202a-\u202e\u2066-\u2069]/.test(c)) return '';
    // A line that was begun anew is a new line, in text without a cursor.
    else return isAfterReturn && !this.#isScreen ? `\n${c}` : c;
    return '';
  }

  #escape(c: string): string {
    this.#state = 'text';
    if (c === '[') {
      this.#state = 'csi';
      this.#sequence = '';
    } else if (c === ']' || c === 'P' || c === 'X' || c === '^' || c === '_')
      this.#state = 'string';
    else if (c === '\x1b') this.#state = 'escape';
    else if ('()*+-./ #%'.includes(c)) this.#state = 'charset';
    else if (this.#isScreen && '78DEM=>'.includes(c)) return `\x1b${c}`;
    return '';
  }

  #csi(c: string): string {
    const code = c.codePointAt(0) ?? 0;
    if (c === '\x1b') {
      this.#state = 'escape';
      return '';
    }
    if (code >= 0x20 && code < 0x40 && this.#sequence.length < maxSequence) {
      this.#sequence += c;
      return '';
    }
    this.#state = 'text';
    // Intermediate and private bytes make other sequences of the same letters.
    const whole = this.#sequence + c;
    const isHarmless = drawing.test(whole) || modes.test(whole);
    return this.#isScreen && isHarmless ? `\x1b[${whole}` : '';
  }
}

/** What makes a terminal usable again, whatever was drawn on it. */
export const terminalReset =
  '\x1b[?1049l\x1b[4l\x1b[?25h\x1b[?7h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?1l\x1b>\x1b[r\x1b[0m';
