// A stream of bytes and descriptors, cut into messages. Descriptors belong to the message with whose
// first byte they came (D-Bus specification, "Message Format", UNIX_FDS); what nobody claims is closed.

import { decodeMessage, type Incoming, maxMessageBytes, messageLength } from './message.ts';
import { protocolError } from './signature.ts';

const maxWaitingDescriptors = 16;

export type StreamOptions = {
  readonly limit?: number;
  readonly initialBytes?: number;
  /** Closes a descriptor that no message claimed, or that came with a broken one. */
  readonly close: (fd: number) => void;
};

export class MessageStream {
  readonly #limit: number;
  readonly #close: (fd: number) => void;
  #buffer: Uint8Array<ArrayBuffer>;
  #start = 0;
  #end = 0;
  #fds: number[] = [];

  constructor(options: StreamOptions) {
    this.#limit = options.limit ?? maxMessageBytes;
    this.#close = options.close;
    this.#buffer = new Uint8Array(options.initialBytes ?? 4096);
  }

  /**
   * Takes what was received and calls `handle` for each message that is now whole; its bytes are valid
   * during the call only, its descriptors belong to `handle`. Throws QEMU_PROTOCOL; the stream is then
   * of no more use, and `dispose` closes what it still holds.
   */
  push(
    bytes: Uint8Array,
    fds: readonly number[],
    handle: (message: Incoming, fds: number[]) => void,
  ): void {
    this.#fds.push(...fds);
    if (this.#fds.length > maxWaitingDescriptors) throw protocolError('too many descriptors');
    this.#append(bytes);
    for (;;) {
      const length = messageLength(this.#buffer.subarray(this.#start, this.#end), this.#limit);
      if (length === undefined || this.#end - this.#start < length) break;
      const message = decodeMessage(this.#buffer.subarray(this.#start, this.#start + length));
      this.#start += length;
      if (message.fdCount > this.#fds.length)
        throw protocolError('a message without its descriptors');
      handle(message, this.#fds.splice(0, message.fdCount));
    }
    if (this.#start < this.#end) return;
    this.#start = 0;
    this.#end = 0;
    this.dispose();
  }

  /** Closes the descriptors that are still waiting. */
  dispose(): void {
    for (const fd of this.#fds.splice(0)) this.#close(fd);
  }

  /** Each byte is moved a bounded number of times: the buffer grows to a message's length in one step. */
  #append(bytes: Uint8Array): void {
    const used = this.#end - this.#start;
    if (this.#end + bytes.length > this.#buffer.length) {
      const head = this.#buffer.subarray(this.#start, this.#end);
      const wanted = Math.max(used + bytes.length, messageLength(head, this.#limit) ?? 0);
      const target =
        wanted <= this.#buffer.length
          ? this.#buffer
          : new Uint8Array(Math.max(wanted, Math.min(this.#buffer.length * 2, this.#limit)));
      target.set(head);
      this.#buffer = target;
      this.#start = 0;
      this.#end = used;
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }
}
