// A guest's serial console for people: what is in the log, then what comes, to any number of readers. A
// reader that does not keep up misses bytes and is told how many; it slows neither the guest nor the others.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { Emitter } from '../foundation/index.ts';
import type { SerialPort } from '../hypervisor/index.ts';

/** What waits for one reader; more is left out, oldest first. */
const maxWaitingBytes = 256 * 1024;
/** One value of the stream. */
const pieceBytes = 32 * 1024;
export const usualLastBytes = 64 * 1024;

export type ConsoleOptions = { readonly last?: number; readonly follow?: boolean };

/**
 * The console's text: the last bytes of the log, then, with `follow`, what comes until the guest's QEMU has
 * gone or the signal is aborted. Bytes that are no UTF-8 become U+FFFD.
 */
export async function* consoleText(
  logFile: string,
  port: Pick<SerialPort, 'heard' | 'closed' | 'isOpen'> | undefined,
  { last = usualLastBytes, follow = false }: ConsoleOptions,
  signal: AbortSignal,
): AsyncGenerator<{ text: string }> {
  const waiting = new Waiting(maxWaitingBytes);
  const isLive = follow && port?.isOpen === true;
  // In the same turn: what is not in the log yet will be heard.
  const stop = isLive ? port.heard.on((bytes) => waiting.push(bytes)) : () => undefined;
  const before = lastOf(logFile, last);
  const end = () => waiting.end();
  if (isLive) void port.closed.then(end);
  else waiting.end();
  signal.addEventListener('abort', end, { once: true });
  const decoder = new StringDecoder('utf8');
  try {
    for (let at = 0; at < before.length && !signal.aborted; at += pieceBytes)
      yield { text: decoder.write(before.subarray(at, at + pieceBytes)) };
    for await (const { bytes, missed } of waiting.values()) {
      if (signal.aborted) return;
      if (missed > 0) yield { text: `\n[${missed} bytes came too fast and are left out]\n` };
      const text = decoder.write(Buffer.from(bytes));
      if (text !== '') yield { text };
    }
  } finally {
    stop();
    signal.removeEventListener('abort', end);
  }
}

/** The last `bytes` of a log and of the one before it; from the beginning of a character on. */
export function lastOf(logFile: string, bytes: number): Buffer {
  const newest = tail(logFile, bytes);
  const older = tail(`${logFile}.1`, bytes - newest.length);
  const all = Buffer.concat([older, newest]);
  let start = 0;
  if (all.length === bytes) while (start < 3 && ((all[start] ?? 0) & 0xc0) === 0x80) start++;
  return all.subarray(start);
}

function tail(file: string, bytes: number): Buffer {
  if (bytes <= 0) return Buffer.alloc(0);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, bytes));
      const got = readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return buffer.subarray(0, got);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return Buffer.alloc(0); // it has not said anything yet
  }
}

/** Bytes that wait for their reader, so many and no more. */
class Waiting {
  readonly #limit: number;
  readonly #pushed = new Emitter<void>();
  #pieces: Uint8Array[] = [];
  #length = 0;
  #missed = 0;
  #isOver = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#length += bytes.length;
    while (this.#length > this.#limit) {
      const oldest = this.#pieces.shift();
      this.#length -= oldest?.length ?? 0;
      this.#missed += oldest?.length ?? 0;
    }
    this.#pushed.emit();
  }

  end(): void {
    this.#isOver = true;
    this.#pushed.emit();
  }

  async *values(): AsyncGenerator<{ readonly bytes: Uint8Array; readonly missed: number }> {
    for (;;) {
      if (this.#length > 0 || this.#missed > 0) {
        const value = { bytes: Buffer.concat(this.#pieces), missed: this.#missed };
        this.#pieces = [];
        this.#length = 0;
        this.#missed = 0;
        yield value;
      } else if (this.#isOver) return;
      else
        await new Promise<void>((resolve) => {
          const stop = this.#pushed.on(() => {
            stop();
            resolve();
          });
        });
    }
  }
}
