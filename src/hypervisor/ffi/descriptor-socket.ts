// A stream socket that Node reads and writes, and that can also send descriptors, in order.
//
// Node may hold bytes that the kernel had no room for, and a sendmsg of our own must not overtake them.
// So every send waits until the one before it was taken by the kernel as a whole (Node says so in the
// callback of `write`); Node holds nothing at that moment, and a sendmsg then goes out in its turn.

import { Socket } from 'node:net';
import { RayError } from '../../contracts/errors.ts';
import { sleep } from '../../foundation/clock.ts';
import { closeDescriptor } from './descriptors.ts';
import { sendWithDescriptors } from './send.ts';

/** More than this waiting means that QEMU does not read. */
const maxQueuedBytes = 1024 * 1024;
const retryMs = 1;

export class DescriptorSocket implements AsyncDisposable {
  readonly #fd: number;
  readonly #socket: Socket;
  readonly #peer: string;
  #tail: Promise<void> = Promise.resolve();
  #queuedBytes = 0;
  /** Resolves with the reason, in words, once nothing can be sent or received any more. */
  readonly closed: Promise<string>;

  /** Takes the descriptor over. `peer` names the other side in errors; `limit` may slow what comes. */
  constructor(
    fd: number,
    peer: string,
    onData: (bytes: Uint8Array) => void,
    limit: (socket: Socket) => void = () => {},
  ) {
    this.#fd = fd;
    this.#peer = peer;
    try {
      this.#socket = new Socket({ fd, readable: true, writable: true });
    } catch (thrown) {
      closeDescriptor(fd);
      throw thrown;
    }
    const socket = this.#socket;
    let reason = `${peer} closed the connection`;
    socket.on('error', (error) => {
      reason = `the connection to ${peer} broke: ${error.message}`;
    });
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(reason)));
    socket.on('data', (bytes: Buffer) => {
      try {
        onData(bytes);
      } catch (thrown) {
        socket.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    });
    limit(socket);
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && !this.#socket.readableEnded;
  }

  /** Resolves when the kernel has taken all of it. The descriptors stay the caller's. */
  send(bytes: Uint8Array, fds: readonly number[] = []): Promise<void> {
    if (this.#queuedBytes + bytes.length > maxQueuedBytes)
      return Promise.reject(this.#error(`${this.#peer} does not read what it is sent`));
    this.#queuedBytes += bytes.length;
    const sent = this.#tail.then(() => this.#sendNow(bytes, fds));
    this.#tail = sent
      .catch(() => {})
      .then(() => {
        this.#queuedBytes -= bytes.length;
      });
    return sent;
  }

  async #sendNow(bytes: Uint8Array, fds: readonly number[]): Promise<void> {
    if (fds.length === 0) return this.#write(bytes);
    for (;;) {
      // Checked in the same turn as the call: a destroyed socket's number may be another descriptor's.
      if (!this.isOpen) throw this.#error(`the connection to ${this.#peer} is closed`);
      const taken = sendWithDescriptors(this.#fd, bytes, fds);
      if (taken === bytes.length) return;
      if (taken > 0) return this.#write(bytes.subarray(taken));
      await sleep(retryMs);
    }
  }

  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.isOpen) return reject(this.#error(`the connection to ${this.#peer} is closed`));
      this.#socket.write(bytes, (error) =>
        error ? reject(this.#error(error.message)) : resolve(),
      );
    });
  }

  #error(message: string): RayError {
    return new RayError('QEMU_PROTOCOL', message);
  }

  /** Closes at once; with `reason`, that is what `closed` says. */
  close(reason?: Error): void {
    this.#socket.destroy(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }
}
