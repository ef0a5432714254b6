// What a framer may say, beyond the form of its messages: how often, how much, and of which viewers. It reads a
// guest's bytes and may be in the guest's hands; one that says more than this is ended.
//
// Bytes are counted before any of them is parsed. Only a picture that rayosd has asked for is large, so each
// question brings an allowance for its answer, which goes with the answer's end.

import { type FromFramer, maxPngBytes } from './framer/protocol.ts';
import { RateLimit } from './framer/rate.ts';

/** More than a framer at work ever has in it (it admits 32), and so many sockets may be on their way to it. */
export const maxViewers = 64;
/** On average, and at once: a picture of the largest size is 256 messages. */
const messagesPerSecond = 500;
const messagesAtOnce = 1000;
/** A framer at work says some KiB in a second: counts, sizes, who types. */
export const bytesPerSecond = 1 << 20;
const bytesAtOnce = 2 << 20;
/** Longest message, in bytes: of a part of a picture, of which each has four times the room, and of any other. */
const maxPartLineBytes = 1 << 20;
const maxLineBytes = 64 << 10;
/** A picture in base64, with what JSON adds to its parts. */
const pictureBytes = Math.ceil(maxPngBytes * 1.4);

export class Conduct {
  readonly #rate: RateLimit;
  readonly #bytes: RateLimit;
  /** Bytes that may still come of pictures that were asked for, by the number of the question. */
  readonly #pictures = new Map<number, number>();
  readonly #sent = new Set<string>();
  readonly #joined = new Set<string>();

  constructor(nowMs: number) {
    this.#rate = new RateLimit(messagesPerSecond, messagesAtOnce, nowMs);
    this.#bytes = new RateLimit(bytesPerSecond, bytesAtOnce, nowMs);
  }

  /** A picture is about to be asked for. */
  asking(id: number): void {
    this.#pictures.set(id, pictureBytes);
  }

  /**
   * Why a framer that has sent these bytes is broken, in words; undefined when it may. `lineBytes` are those
   * of the message whose end has not come.
   */
  faultOfBytes(count: number, lineBytes: number, nowMs: number): string | undefined {
    const most = this.#pictures.size > 0 ? maxPartLineBytes : maxLineBytes;
    if (lineBytes > most) return 'its message has no end';
    let rest = count;
    for (const [id, left] of this.#pictures) {
      const taken = Math.min(left, rest);
      this.#pictures.set(id, left - taken);
      rest -= taken;
    }
    if (rest === 0 || this.#bytes.use(nowMs, rest)) return undefined;
    return `it said more than ${bytesPerSecond} bytes in a second`;
  }

  /** A viewer's socket is about to be sent; false when it has too many already. */
  sending(viewer: string): boolean {
    if (this.#sent.size >= maxViewers) return false;
    this.#sent.add(viewer);
    return true;
  }

  /** Why a framer that says this is broken, in words; undefined when it may. */
  faultOf(message: FromFramer, nowMs: number): string | undefined {
    if (!this.#rate.use(nowMs)) return `it said more than ${messagesPerSecond} things in a second`;
    switch (message.type) {
      case 'viewer-joined':
        if (!this.#sent.delete(message.viewer)) return 'it told of a viewer that it was not given';
        this.#joined.add(message.viewer);
        return this.#joined.size > maxViewers
          ? `it has more than ${maxViewers} viewers`
          : undefined;
      case 'viewer-stalled':
        return this.#joined.has(message.viewer) ? undefined : 'a viewer stalled that it has not';
      case 'held':
        return this.#joined.has(message.viewer) ? undefined : 'a viewer types that it has not';
      case 'viewer-left':
        // One that never joined: its handshake failed.
        return this.#joined.delete(message.viewer) || this.#sent.delete(message.viewer)
          ? undefined
          : 'a viewer left that it has not';
      case 'screenshot-part':
        return this.#pictures.has(message.id) ? undefined : 'a picture that nobody asked for';
      case 'screenshot-done':
      case 'failed':
        this.#pictures.delete(message.id);
        return undefined;
      default:
        return undefined;
    }
  }
}
