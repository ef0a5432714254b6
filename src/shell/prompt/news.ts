// What is written on the machine's own console while its prompt stands there: lines of the log, and what other
// processes write (the kernel, the serial console's markers).

import { asRayError } from '../../contracts/errors.ts';
import type { MarkerRecord } from '../../contracts/index.ts';
import { sleep } from '../../foundation/clock.ts';
import type { Client } from '../daemon/client.ts';
import { harmless } from '../terminal/style.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { markerWords } from './console-screen.ts';

export type News = {
  /**
   * A reader has the terminal: what was kept for it is written now, and `showAgain` is called after each
   * writing. Returns how to end that.
   */
  whileReading(showAgain: () => void): () => void;
};

/** Markers reach the terminal by other processes, a moment after rayosd has told them here. */
const settleMs = 500;
const retryMs = 2000;
const mostKept = 20;

/** What is worth a line on a screen that somebody reads. */
const isTold = /^(BOOT_MARKER|POLICY|PRESENTATION):(DE|DI|CONSOLE|GOLDEN|SAFE|STOP)/;

/**
 * Follows the markers as long as the process runs. A line is written only while a reader has the terminal, who
 * shows its prompt again: a question that a command asks is never written over.
 */
export class ConsoleNews implements News, Disposable {
  readonly #terminal: Pick<Terminal, 'output' | 'canMove'>;
  readonly #readers = new Set<() => void>();
  readonly #over = new AbortController();
  /** The screen before the prompt has told what was before. */
  readonly #from = new Date().toISOString();
  #kept: string[] = [];
  #settling: NodeJS.Timeout | undefined;

  /** Resolves when no more news will come: it was disposed of, or policy does not allow to follow markers. */
  readonly over: Promise<void>;

  constructor(client: Pick<Client, 'stream'>, terminal: Pick<Terminal, 'output' | 'canMove'>) {
    this.#terminal = terminal;
    this.over = this.#follow(client);
  }

  whileReading(showAgain: () => void): () => void {
    this.#readers.add(showAgain);
    this.#writeKept();
    return () => this.#readers.delete(showAgain);
  }

  [Symbol.dispose](): void {
    this.#over.abort(new Error('the prompt is over'));
    clearTimeout(this.#settling);
  }

  async #follow(client: Pick<Client, 'stream'>): Promise<void> {
    const { signal } = this.#over;
    let since = 0;
    while (!signal.aborted) {
      try {
        const call = { command: 'log.markers', arguments: { follow: true, since } };
        for await (const value of client.stream(call, signal)) {
          const marker = value as MarkerRecord;
          since = marker.sequence;
          this.#hear(marker);
        }
      } catch (thrown) {
        if (asRayError(thrown).code === 'POLICY_DENIED') return;
        since = 0; // another rayosd counts anew
      }
      await sleep(retryMs, signal).catch(() => {});
    }
  }

  #hear(marker: MarkerRecord): void {
    // On a serial console, which knows text only, the markers are printed anyway.
    const isWritten = this.#terminal.canMove && marker.time >= this.#from;
    if (isWritten && isTold.test(marker.name))
      this.#kept = [...this.#kept, harmless(markerWords(marker))].slice(-mostKept);
    if (this.#readers.size > 0) this.#writeKept();
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      for (const showAgain of this.#readers) showAgain();
    }, settleMs).unref();
  }

  #writeKept(): void {
    for (const line of this.#kept) this.#terminal.output.write(`\r\x1b[2K${line}\n`);
    this.#kept = [];
  }
}
