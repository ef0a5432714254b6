// What a framer may say, beyond the form of its messages: how often, and of which viewers. It reads a guest's
// bytes and may be in the guest's hands; one that says more than this is ended.

import type { FromFramer } from './framer/protocol.ts';
import { RateLimit } from './framer/rate.ts';

/** More than a framer at work ever has in it (it admits 32), and so many sockets may be on their way to it. */
export const maxViewers = 64;
/** On average, and at once: a picture of the largest size is 256 messages. */
const messagesPerSecond = 500;
const messagesAtOnce = 1000;

export class Conduct {
  readonly #rate: RateLimit;
  readonly #sent = new Set<string>();
  readonly #joined = new Set<string>();

  constructor(nowMs: number) {
    this.#rate = new RateLimit(messagesPerSecond, messagesAtOnce, nowMs);
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
      default:
        return undefined;
    }
  }
}
