// A pixel stream: the body of one long answer, in which large frames come far faster than by WebSocket. A
// browser has six connections to one address for all of its tabs, so at most two are taken for streams.

import { maxFrameBytes, streamHeadBytes } from '../../../src/contracts/index.ts';

const slots = ['rayos-pixels-0', 'rayos-pixels-1'];
/** Worth a stream: so many bytes within a second. */
const manyBytes = 12e6;
/** Not worth one any more: fewer than this in so many ms. */
const fewBytes = 2e6;
const idleMs = 3000;

export class StreamOpener {
  readonly #frame: (message: ArrayBuffer) => void;
  #address: string | undefined;
  #over: AbortController | undefined;
  #isRefused = false;
  #bytes = 0;
  #since = 0;

  constructor(frame: (message: ArrayBuffer) => void) {
    this.#frame = frame;
  }

  /** The framer offers a stream at this address; undefined when its connection has ended. */
  offer(address: string | undefined): void {
    this.#over?.abort();
    this.#over = undefined;
    this.#isRefused = false;
    this.#bytes = 0;
    this.#address = address;
  }

  /** A frame came, by whichever way. */
  count(bytes: number): void {
    const now = performance.now();
    if (now - this.#since > 1000) {
      this.#since = now;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    if (this.#bytes > manyBytes && this.#over === undefined) void this.#open();
  }

  async #open(): Promise<void> {
    const address = this.#address;
    // Without locks (a page that is not of this machine, and not encrypted) nobody could count them.
    if (address === undefined || this.#isRefused || navigator.locks === undefined) return;
    const over = new AbortController();
    this.#over = over;
    try {
      for (const slot of slots) {
        const isMine = await navigator.locks.request(slot, { ifAvailable: true }, async (lock) => {
          if (lock === null) return false;
          if (!over.signal.aborted) await this.#read(address, over);
          return true;
        });
        if (isMine) return;
      }
      this.#isRefused = true;
    } catch {
      // It was cut: the framer sends by the socket again. Once is enough for one connection.
      if (!over.signal.aborted) this.#isRefused = true;
    } finally {
      if (this.#over === over) this.#over = undefined;
    }
  }

  async #read(address: string, over: AbortController): Promise<void> {
    const answer = await fetch(address, { signal: over.signal, cache: 'no-store' });
    if (!answer.ok || answer.body === null) throw new TypeError('the stream was refused');
    const reader = answer.body.getReader({ mode: 'byob' });
    let bytesSeen = 0;
    const timer = setInterval(() => {
      if (bytesSeen < fewBytes) over.abort();
      bytesSeen = 0;
    }, idleMs);
    try {
      for (;;) {
        const head = await fill(reader, streamHeadBytes);
        if (head === undefined) return;
        const length = new DataView(head).getUint32(0, true);
        if (length === 0 || length > maxFrameBytes) throw new RangeError('a frame of no size');
        const message = await fill(reader, length);
        if (message === undefined) return;
        bytesSeen += length;
        this.#frame(message);
      }
    } finally {
      clearInterval(timer);
      over.abort();
    }
  }
}

/** Exactly so many bytes of the stream; undefined at its end. */
async function fill(
  reader: ReadableStreamBYOBReader,
  length: number,
): Promise<ArrayBuffer | undefined> {
  let buffer = new ArrayBuffer(length);
  for (let at = 0; at < length; ) {
    const { value, done } = await reader.read(new Uint8Array(buffer, at, length - at));
    if (done || value === undefined) return undefined;
    buffer = value.buffer;
    at += value.byteLength;
  }
  return buffer;
}
