// What a guest writes on its console may not take the person's terminal over. `plain` keeps the text alone.
// `screen` also keeps what draws: colours, the cursor, erasing; never what sets the title or the clipboard,
// asks the terminal for an answer, or changes its modes. Sequences as in ECMA-48; they may come in pieces.

type State = 'text' | 'escape' | 'csi' | 'string' | 'string-escape' | 'skip-one';

/** CSI endings that move, erase, insert, delete, scroll or colour. */
const drawing = /^\[[\d;]{0,32}[ABCDEFGHJKLMPSTX@dfmr]$/;
/** Line wrap, a visible cursor, the second screen. */
const harmlessMode = /^\[\?(?:7|25|1049)[hl]$/;
const maxSequence = 40;
/** What reverses the order of text, and so what a person reads. */
const bidirectional = /[\u202a-\u202e\u2066-\u2069]/;

export class ConsoleFilter {
  readonly #keepsDrawing: boolean;
  #state: State = 'text';
  #sequence = '';

  constructor(kind: 'plain' | 'screen') {
    this.#keepsDrawing = kind === 'screen';
  }

  /** What of the next piece may be shown. */
  push(text: string): string {
    let shown = '';
    for (const character of text) shown += this.#next(character);
    return shown;
  }

  #next(character: string): string {
    const code = character.codePointAt(0) ?? 0;
    if (code === 0x18 || code === 0x1a) return this.#to('text'); // CAN, SUB: give the sequence up
    if (code === 0x1b)
      return this.#to(this.#state === 'string' ? 'string-escape' : 'escape', character);
    switch (this.#state) {
      case 'text':
        return this.#text(character, code);
      case 'escape':
      case 'string-escape':
        return this.#escaped(character, code);
      case 'csi':
        return this.#csi(character, code);
      case 'string':
        return code === 0x07 || code === 0x9c ? this.#to('text') : '';
      case 'skip-one':
        return this.#to('text');
    }
  }

  #text(character: string, code: number): string {
    if (character === '\n' || character === '\t') return character;
    if (character === '\r' || character === '\b') return this.#keepsDrawing ? character : '';
    if (code === 0x07) return this.#keepsDrawing ? character : '';
    if (code === 0x9b) return this.#to('csi', '[');
    if (code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f)) return this.#to('string');
    if (code < 0x20 || (code >= 0x7f && code < 0xa0) || bidirectional.test(character)) return '';
    return character;
  }

  #escaped(character: string, code: number): string {
    if (character === '[') return this.#to('csi', '[');
    if (']PX^_'.includes(character)) return this.#to('string');
    if (code >= 0x20 && code <= 0x2f) return this.#to('skip-one'); // a character set
    this.#to('text');
    return this.#keepsDrawing && '78DEM'.includes(character) ? `\x1b${character}` : '';
  }

  #csi(character: string, code: number): string {
    if (code < 0x20) return '';
    this.#sequence += character;
    if (code >= 0x40 && code <= 0x7e) {
      const whole = this.#sequence;
      this.#to('text');
      const draws = drawing.test(whole) || harmlessMode.test(whole);
      return this.#keepsDrawing && draws ? `\x1b${whole}` : '';
    }
    if (this.#sequence.length > maxSequence || code > 0x7e) this.#to('text');
    return '';
  }

  #to(state: State, sequence = ''): '' {
    this.#state = state;
    this.#sequence = sequence;
    return '';
  }
}
