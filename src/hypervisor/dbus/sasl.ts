// The client's side of D-Bus authentication: SASL EXTERNAL (the kernel says who we are, and we say nothing: a
// QEMU in a user namespace of its own knows us by another number), descriptors agreed on, begin. All lines are
// sent at once: QEMU, which authenticates a listener in its main loop, then never waits for us.

import { protocolError } from './signature.ts';

const maxLineBytes = 1024;

/** What to send. */
export const saslHello = Buffer.from('\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n');

const answers = ['DATA', 'OK', 'AGREE_UNIX_FD'];

/** Reads the answers. */
export class SaslReplies {
  #text = '';
  #lines = 0;

  get isDone(): boolean {
    return this.#lines === answers.length;
  }

  /** Takes bytes; returns those that follow the handshake. Throws QEMU_PROTOCOL when it fails. */
  push(bytes: Uint8Array): Uint8Array {
    for (let i = 0; i < bytes.length; i++) {
      if (this.isDone) return bytes.subarray(i);
      this.#text += String.fromCharCode(bytes[i] ?? 0);
      if (this.#text.endsWith('\r\n')) this.#accept(this.#text.slice(0, -2));
      else if (this.#text.length > maxLineBytes) throw protocolError('an endless line');
    }
    return bytes.subarray(bytes.length);
  }

  #accept(line: string): void {
    const expected = answers[this.#lines] ?? '';
    if (!`${line} `.startsWith(`${expected} `))
      throw protocolError(`${JSON.stringify(line)} instead of ${expected}`);
    this.#text = '';
    this.#lines++;
  }
}
