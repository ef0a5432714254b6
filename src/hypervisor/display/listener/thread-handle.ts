// The listener's thread as the main thread holds it: started, heard, and ended through its socket.

import { Worker } from 'node:worker_threads';
import { RayError } from '../../../contracts/errors.ts';
import { closeDescriptor, shutdownSocket } from '../../ffi/descriptors.ts';
import type { ThreadMessage } from './serve.ts';

/** All that the thread gets of the environment: where Node keeps compiled code. */
function compileCache(): NodeJS.ProcessEnv {
  const { NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE };
}

export class ListenerThread implements AsyncDisposable {
  readonly #fd: number;
  readonly #worker: Worker;
  #isOver = false;
  #reason: string | undefined;
  /** Resolves when the thread waits for QEMU; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves with the reason, in words, when the thread has ended and its socket is closed. */
  readonly closed: Promise<string>;

  /**
   * Takes the socket over. `program` gets it, its peer's user and the board, which is memory that is shared;
   * `onLook` is called when a wake bit of the board was set.
   */
  constructor(program: URL, fd: number, board: unknown, onLook: () => void) {
    this.#fd = fd;
    this.#worker = new Worker(program, {
      workerData: { fd, board },
      env: compileCache(),
      trackUnmanagedFds: false,
      name: 'display listener',
    });
    const ready = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<string>();
    this.ready = ready.promise;
    this.ready.catch(() => {});
    this.closed = closed.promise;
    this.#worker.on('message', (message: ThreadMessage) => {
      if (message === 'ready') ready.resolve();
      else if (message === 'look') onLook();
      else this.#reason ??= message.closed;
    });
    this.#worker.on('error', (error) => {
      this.#reason ??= `the listener's thread broke: ${error instanceof Error ? error.message : error}`;
    });
    this.#worker.once('exit', () => {
      this.#finish();
      const reason = this.#reason ?? 'the listener ended';
      ready.reject(new RayError('QEMU_PROTOCOL', reason));
      closed.resolve(reason);
    });
    process.once('exit', this.#interrupt);
  }

  /** Wakes the thread out of recvmsg. Also at the process's exit, which would wait for it for ever. */
  readonly #interrupt = (): void => {
    if (this.#isOver) return;
    this.#reason = 'RayOS closed the display';
    shutdownSocket(this.#fd);
  };

  #finish(): void {
    this.#isOver = true;
    process.removeListener('exit', this.#interrupt);
    closeDescriptor(this.#fd);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#interrupt();
    await this.closed;
  }
}
