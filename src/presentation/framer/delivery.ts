// The frames of one viewer that are on their way, and by which way they go: its WebSocket, or a pixel stream.
//
// Invariant: frames that are out have all gone the same way, so that they arrive in order. A stream is used
// from when nothing is out; when it ends, what was out is lost, and all is sent again.
//
// Over a long way two frames are made at once: on a busy machine the threads that compress one of them wait
// for a processor most of that time (two processors, 1280x800: 55 ms for 22 ms of work).

import { farCredit, initialCredit } from '../../contracts/viewer-protocol.ts';
import { frameNumber } from './encode.ts';
import type { PixelStream } from './pixel-stream.ts';

export type SentFrame = { readonly bytes: number; readonly at: number };

/** More waits in this process for a stream's socket than this: it is sent nothing more. */
const maxStreamedBytes = 8 << 20;
const farPreparing = 2;

export class Delivery {
  /** The way is a long one. */
  isFar = false;
  #preparing = 0;
  readonly #out = new Map<number, SentFrame>();
  #lost = new Set<number>();
  #stream: PixelStream | undefined;
  #isStreaming = false;

  /** As many frames are out as may be. */
  get isFull(): boolean {
    return this.#out.size >= (this.isFar ? farCredit : initialCredit);
  }

  /** A frame is being made. */
  get isPreparing(): boolean {
    return this.#preparing > 0;
  }

  get canTake(): boolean {
    const [most, credit] = this.isFar ? [farPreparing, farCredit] : [1, initialCredit];
    if (this.#preparing >= most || this.#out.size + this.#preparing >= credit) return false;
    if (this.#stream === undefined) return true;
    if (!this.#isStreaming) return this.#out.size === 0;
    return this.#stream.bufferedAmount < maxStreamedBytes;
  }

  /** A frame begins to be made, which ends with `made`. */
  prepare(): void {
    this.#preparing++;
  }

  /** It is made, or given up. */
  made(): void {
    this.#preparing--;
  }

  /** Notes a frame; says by which stream it goes, or that it goes by the socket. */
  sent(version: number, bytes: number, at: number): PixelStream | undefined {
    if (this.#out.size === 0) this.#isStreaming = this.#stream !== undefined;
    this.#out.set(frameNumber(version), { bytes, at });
    return this.#isStreaming ? this.#stream : undefined;
  }

  /** The frame that was drawn; undefined when none such is out. One that was lost is no more than that. */
  drawn(frame: number): SentFrame | 'lost' | undefined {
    const sent = this.#out.get(frame);
    if (sent !== undefined) {
      this.#out.delete(frame);
      return sent;
    }
    return this.#lost.delete(frame) ? 'lost' : undefined;
  }

  /** `onLost` runs when the stream has ended with frames in it that may not have arrived. */
  open(stream: PixelStream, onLost: () => void): void {
    const before = this.#stream;
    this.#stream = stream;
    stream.onEnd(() => {
      if (this.#stream !== stream) return;
      this.#stream = undefined;
      this.#lose(onLost);
    });
    if (before === undefined) return;
    before.end();
    this.#lose(onLost);
  }

  close(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    stream?.end();
  }

  #lose(onLost: () => void): void {
    if (!this.#isStreaming) return;
    this.#isStreaming = false;
    if (this.#out.size === 0) return;
    this.#lost = new Set(this.#out.keys());
    this.#out.clear();
    onLost();
  }
}
