// Markers on the machine's console. The descriptor does not block: a serial port that does not drain makes
// lines wait here, up to a bound, then they are dropped and counted, and the count is said as soon as there
// is room. Nobody who states a marker ever waits for it.

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { formatMarker } from '../contracts/markers.ts';

/** The system calls of a console, so that tests can be one that does not drain. */
export type ConsoleCalls = {
  readonly open: (path: string) => number;
  readonly write: (descriptor: number, bytes: Uint8Array) => number;
  readonly close: (descriptor: number) => void;
};

const systemCalls: ConsoleCalls = {
  open: (path) => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY),
  write: (descriptor, bytes) => writeSync(descriptor, bytes),
  close: closeSync,
};

const mostBytes = 256 * 1024;
const againMs = 100;

export class MarkerConsole implements Disposable {
  readonly #path: string;
  readonly #calls: ConsoleCalls;
  #descriptor: number | undefined;
  #waiting: Buffer[] = [];
  #bytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, calls: ConsoleCalls = systemCalls) {
    this.#path = path;
    this.#calls = calls;
  }

  /** Lines that have been dropped since the last one that was said. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A line of its own, whatever stands there: a prompt may have begun one. Never throws, never waits. */
  print(line: string): void {
    const bytes = Buffer.from(`\r\n${line}\r\n`);
    if (this.#bytes + bytes.length > mostBytes) {
      this.#dropped++;
      return;
    }
    this.#add(bytes);
    this.#drain();
  }

  /** Writes what waits, as far as it goes. */
  #drain(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      this.#descriptor ??= this.#calls.open(this.#path);
      for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
        const written = this.#calls.write(this.#descriptor, first);
        if (written === 0) break;
        this.#bytes -= written;
        if (written < first.length) this.#waiting[0] = first.subarray(written);
        else this.#waiting.shift();
        if (this.#waiting.length === 0) this.#sayDropped();
      }
      if (this.#waiting.length === 0) return;
    } catch (thrown) {
      // Another terminal on the same line may hang it up: it is opened again then.
      if (!isFull(thrown)) this.#close();
    }
    this.#timer = setTimeout(() => this.#drain(), againMs);
  }

  #sayDropped(): void {
    if (this.#dropped === 0) return;
    const line = formatMarker('LOG:MARKERS_DROPPED', { count: this.#dropped });
    this.#dropped = 0;
    this.#add(Buffer.from(`\r\n${line}\r\n`));
  }

  #add(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
  }

  #close(): void {
    if (this.#descriptor === undefined) return;
    try {
      this.#calls.close(this.#descriptor);
    } catch {
      // It is gone either way.
    }
    this.#descriptor = undefined;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#close();
  }
}

const isFull = (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'EAGAIN';
