// One line typed on a terminal that understands nothing but text, such as a serial console: echo, backspace,
// Ctrl-U and Ctrl-W, and no escape codes. What is typed so far can be shown again at any time.

const maxLength = 2000;
const erase = '\b \b';

export type Typed = {
  /** What to write back. */
  readonly echo: string;
  /** Whole lines, oldest first. */
  readonly lines: readonly string[];
  /** Ctrl-D on an empty line. */
  readonly isOver: boolean;
};

export class PlainLine {
  #text = '';
  /** Inside the escape sequence of a key that a plain line has no use for. */
  #escape = '';

  /** What has been typed of the line so far. */
  get text(): string {
    return this.#text;
  }

  push(typed: string): Typed {
    let echo = '';
    const lines: string[] = [];
    for (const character of typed) {
      if (this.#skips(character)) continue;
      if (character === '\r' || character === '\n') {
        lines.push(this.#text);
        this.#text = '';
        echo += '\n';
      } else if (character === '\x04') {
        if (this.#text === '' && lines.length === 0) return { echo, lines, isOver: true };
      } else if (character === '\x03') {
        this.#text = '';
        echo += '^C\n';
        lines.push('');
      } else echo += this.#edit(character);
    }
    return { echo, lines, isOver: false };
  }

  #edit(character: string): string {
    const before = [...this.#text];
    if (character === '\x7f' || character === '\b') {
      this.#text = before.slice(0, -1).join('');
      return before.length > 0 ? erase : '';
    }
    if (character === '\x15') this.#text = '';
    else if (character === '\x17') this.#text = this.#text.replace(/\S*\s*$/u, '');
    else if (/\p{Cc}/u.test(character) || before.length >= maxLength) return '';
    else {
      this.#text += character;
      return character;
    }
    return erase.repeat(before.length - [...this.#text].length);
  }

  #skips(character: string): boolean {
    if (this.#escape === '') {
      if (character !== '\x1b') return false;
      this.#escape = character;
      return true;
    }
    // ESC, then either one character, or `[` and all up to a letter or `~`.
    const isLong = character === '[' || character === 'O';
    if (this.#escape === '\x1b' && isLong) this.#escape += character;
    else if (this.#escape === '\x1b' || /[A-Za-z~]/.test(character)) this.#escape = '';
    return true;
  }
}
