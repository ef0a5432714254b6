// The text of a serial console, for reading: control sequences are taken out, carriage returns and
// backspaces do what they say, and only the newest part is kept. A guest is never believed.

const mostLength = 200_000;
const esc = '\u001b';
const bell = '\u0007';
/** Colours and cursor moves, titles, character sets, and the short ones. */
const sequences = new RegExp(
  `${esc}(?:\\[[0-9;?=>!]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[()*+][0-9A-Za-z]|[=>78cDEHMNOZ])`,
  'g',
);
/** The beginning of one whose rest is still to come. */
const begun = new RegExp(`${esc}(?:\\[[0-9;?=>!]*[ -/]*|\\][^${bell}${esc}]{0,500}|[()*+])?$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: what has no picture.
const silent = /[\u0000-\u0007\u000b-\u000c\u000e-\u001f\u007f-\u009f]/g;

export class TerminalText {
  #lines: string[] = [''];
  #length = 0;
  #column = 0;
  #rest = '';

  /** Adds what came. */
  write(chunk: string): void {
    const whole = this.#rest + chunk;
    const open = begun.exec(whole);
    this.#rest = open ? open[0] : '';
    const text = (open ? whole.slice(0, open.index) : whole)
      .replace(sequences, '')
      .replace(silent, '');
    for (const part of text.split(/([\n\r\b])/)) this.#put(part);
    while (this.#length > mostLength && this.#lines.length > 1)
      this.#length -= this.#lines.shift()?.length ?? 0;
  }

  get text(): string {
    return this.#lines.join('\n');
  }

  #put(part: string): void {
    if (part === '\n') {
      this.#lines.push('');
      this.#column = 0;
    } else if (part === '\r') this.#column = 0;
    else if (part === '\b') this.#column = Math.max(0, this.#column - 1);
    else {
      const at = this.#lines.length - 1;
      const line = this.#lines[at] ?? '';
      const next = (
        line.slice(0, this.#column) +
        part +
        line.slice(this.#column + part.length)
      ).slice(-mostLength);
      this.#length += next.length - line.length;
      this.#lines[at] = next;
      this.#column = Math.min(next.length, this.#column + part.length);
    }
  }
}
