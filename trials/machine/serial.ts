// A machine's serial console: lines as they come, and the markers among them (`RAYOS_AREA:EVENT:arg`).
// Waits look from where the last wait found something, so that waiting for one after the other also shows
// that they came in this order. A guest may talk without end: only the newest lines are kept.

import { asLine, type SerialLine } from './serial-line.ts';

const maxLines = 50_000;
const maxLineLength = 16 * 1024;

type Waiter = { look(): void };

export class SerialConsole {
  readonly #lines: SerialLine[] = [];
  /** How many lines have been let go of. */
  #dropped = 0;
  /** The number of the first line that no wait has seen yet. */
  #cursor = 0;
  #rest = '';
  readonly #waiters = new Set<Waiter>();
  readonly #decoder = new TextDecoder();

  /** Bytes of the guest, cut anywhere. */
  push(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    const parts = text.split(/\r\n|\n|\r(?!$)/);
    this.#rest = (parts.pop() ?? '').slice(-maxLineLength);
    for (const part of parts) this.#add(part);
    for (const waiter of [...this.#waiters]) waiter.look();
  }

  /** The machine is off: what was begun is a line too. */
  end(): void {
    if (this.#rest !== '') this.#add(this.#rest.replace(/\r$/, ''));
    this.#rest = '';
    for (const waiter of [...this.#waiters]) waiter.look();
  }

  /** From here on: what came before is no answer to a later wait. */
  skip(): void {
    this.#cursor = this.#dropped + this.#lines.length;
  }

  /** Every line that is kept. */
  get lines(): readonly SerialLine[] {
    return this.#lines;
  }

  /** All markers so far, in order, as `AREA:EVENT:args`. */
  get markers(): readonly string[] {
    return this.#lines.flatMap(({ marker }) => (marker === undefined ? [] : [marker]));
  }

  /** The last lines and what is begun, for the words of a failure. */
  tail(count = 30): string {
    const last = this.#lines.slice(-count).map(({ text }) => text);
    return [...last, ...(this.#rest === '' ? [] : [this.#rest])].join('\n');
  }

  /** The next line that matches, after the one that the last wait found. Rejects with the signal's reason. */
  next(pattern: RegExp, signal: AbortSignal): Promise<SerialLine> {
    return this.#await(signal, ({ text }) => pattern.test(text));
  }

  /** The next marker that matches, given as `AREA:EVENT:args`. */
  marker(pattern: RegExp, signal: AbortSignal): Promise<SerialLine> {
    return this.#await(signal, ({ marker }) => marker !== undefined && pattern.test(marker));
  }

  /** Waits until each pattern has matched a line, in whatever order they came. */
  async all(patterns: readonly RegExp[], signal: AbortSignal): Promise<void> {
    const missing = new Set(patterns);
    while (missing.size > 0) {
      const { text } = await this.next(any(missing), signal);
      for (const pattern of missing) if (pattern.test(text)) missing.delete(pattern);
    }
  }

  /** Waits until what has been said since the last whole line matches: a menu, a prompt. */
  begun(pattern: RegExp, signal: AbortSignal): Promise<void> {
    return this.#until(signal, () => (pattern.test(this.#rest) ? true : undefined)).then(() => {});
  }

  #add(text: string): void {
    this.#lines.push(asLine(text.slice(0, maxLineLength)));
    if (this.#lines.length <= maxLines) return;
    this.#dropped += this.#lines.splice(0, maxLines / 2).length;
  }

  #await(signal: AbortSignal, isWanted: (line: SerialLine) => boolean): Promise<SerialLine> {
    return this.#until(signal, () => {
      const from = Math.max(0, this.#cursor - this.#dropped);
      const at = this.#lines.findIndex((line, i) => i >= from && isWanted(line));
      if (at >= 0) this.#cursor = this.#dropped + at + 1;
      return this.#lines[at];
    });
  }

  /** Looks now, and whenever something was said, until there is something. */
  #until<T>(signal: AbortSignal, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
        act();
      };
      const onAbort = () => settle(() => reject(signal.reason));
      const waiter: Waiter = {
        look: () => {
          const found = find();
          if (found !== undefined) settle(() => resolve(found));
        },
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
      waiter.look();
    });
  }
}

const any = (patterns: Iterable<RegExp>) =>
  new RegExp([...patterns].map(({ source }) => `(?:${source})`).join('|'));
