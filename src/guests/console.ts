// The serial console of a guest, for people: the end of its log, then what it says as it says it. A guest
// may talk without end, and a reader may be slow: for each reader only so much waits, and what is left out
// is said to be. Any number of readers see the same console.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import type { SerialLog } from '../hypervisor/index.ts';

export type LiveConsole = Pick<SerialLog, 'heard' | 'closed' | 'type'>;

const maxWaitingBytes = 256 * 1024;
/** Text leaves in pieces of at most this size. */
const maxPieceBytes = 64 * 1024;
const maxReaders = 32;

export class GuestConsole {
  readonly #logFile: string;
  readonly #live: LiveConsole | undefined;

  constructor(logFile: string, live: LiveConsole | undefined) {
    this.#logFile = logFile;
    this.#live = live;
  }

  /** Whether one more may follow it. */
  get hasRoom(): boolean {
    return (this.#live?.heard.size ?? 0) < maxReaders;
  }

  /** Types text into the console; its size in bytes. Undefined when the guest does not read what was typed before. */
  type(text: string): number | undefined {
    const bytes = Buffer.from(text, 'utf8');
    return this.#live?.type(bytes) === true ? bytes.length : undefined;
  }

  /**
   * The last `last` bytes of what was said, then, with `follow`, what is said, until the guest's machine has
   * gone or the signal is aborted. Nothing is told twice, and nothing is missing without a word.
   */
  async *read(last: number, follow: boolean, signal: AbortSignal): AsyncGenerator<string> {
    const live = follow ? this.#live : undefined;
    // Listening begins in the same turn as the log is read, so that nothing falls between.
    const waiting = live && new Waiting(live, signal);
    try {
      const decoder = new StringDecoder('utf8');
      yield* pieces(decoder.write(lastOf(this.#logFile, last)));
      for (;;) {
        const news = await waiting?.next();
        if (news === undefined) break;
        if (news.lost > 0) yield `\n… ${news.lost} bytes were left out …\n`;
        yield* pieces(decoder.write(news.bytes));
      }
      yield* pieces(decoder.end());
    } finally {
      waiting?.[Symbol.dispose]();
    }
  }
}

/** What came for one reader since it last asked; the oldest is left out when it is too much. */
class Waiting implements Disposable {
  readonly #parts: Buffer[] = [];
  readonly #stop: () => void;
  readonly #signal: AbortSignal;
  #length = 0;
  #lost = 0;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor({ heard, closed }: LiveConsole, signal: AbortSignal) {
    this.#signal = signal;
    const end = () => {
      this.#isOver = true;
      this.#wake();
    };
    const stop = heard.on((bytes) => this.#push(bytes));
    signal.addEventListener('abort', end);
    this.#stop = () => {
      stop();
      signal.removeEventListener('abort', end);
    };
    void closed.then(end);
  }

  /** Undefined at the end. */
  async next(): Promise<{ readonly bytes: Buffer; readonly lost: number } | undefined> {
    if (this.#length === 0 && !this.#isOver && !this.#signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#length === 0 || this.#signal.aborted) return undefined;
    const news = { bytes: Buffer.concat(this.#parts.splice(0)), lost: this.#lost };
    this.#length = 0;
    this.#lost = 0;
    return news;
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #push(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    while (this.#length > maxWaitingBytes) {
      const oldest = this.#parts.shift()?.length ?? 0;
      this.#length -= oldest;
      this.#lost += oldest;
    }
    this.#wake();
  }
}

function* pieces(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += maxPieceBytes) yield text.slice(at, at + maxPieceBytes);
}

/** The last bytes of a log that is continued in `file` and began in `file`.1. */
function lastOf(file: string, last: number): Buffer {
  const newer = tail(file, last);
  return Buffer.concat([tail(`${file}.1`, last - newer.length), newer]);
}

function tail(file: string, last: number): Buffer {
  if (last <= 0) return Buffer.alloc(0);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, last));
      return buffer.subarray(
        0,
        readSync(descriptor, buffer, 0, buffer.length, size - buffer.length),
      );
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return Buffer.alloc(0); // it has said nothing yet
  }
}
