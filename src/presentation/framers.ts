// Where framers come from: one is kept warm (loaded, without root and without any guest), so that a picture
// whose framer died is back without anything being started, also on a machine that is busy.

import { closeSync } from 'node:fs';
import type { FromFramer } from './framer/protocol.ts';
import { type FramerOptions, FramerProcess } from './framer-process.ts';
import { FramerUsers } from './framer-users.ts';

export type FramersOptions = FramerOptions & {
  /** So long after a framer was taken the next spare one is started. Infinity: none is kept. */
  readonly spareAfterMs?: number;
};

/** Not while the framer that was taken is starting to show its guest, or its peers are being lost too. */
const defaultSpareAfterMs = 2000;

export class Framers implements AsyncDisposable {
  readonly #options: FramersOptions;
  readonly #spareAfterMs: number;
  readonly #users: FramerUsers | undefined;
  #spare: FramerProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** No spare is started before the first framer is taken. */
  constructor(options: FramersOptions) {
    this.#options = options;
    this.#users = options.uid === undefined ? undefined : new FramerUsers(options.uid);
    this.#spareAfterMs = options.spareAfterMs ?? defaultSpareAfterMs;
  }

  /** Of the spare framer, while there is one. */
  get sparePid(): number | undefined {
    return this.#spare?.pid;
  }

  /**
   * A framer that is now the caller's and shows `channel`, which is closed here in any case: the spare one,
   * or else one that starts now. Throws when none can be started.
   */
  show(
    guest: string,
    channel: number,
    onMessage: (message: FromFramer) => void,
    touch = false,
  ): FramerProcess {
    const framer = this.#take(channel);
    framer.show(guest, channel, onMessage, touch);
    return framer;
  }

  #take(channel: number): FramerProcess {
    this.#keepSpareLater();
    try {
      return this.#spare ?? this.#start();
    } catch (thrown) {
      closeSync(channel);
      throw thrown;
    } finally {
      this.#spare = undefined;
    }
  }

  #start(): FramerProcess {
    const users = this.#users;
    if (users === undefined) return new FramerProcess(this.#options);
    const uid = users.take();
    try {
      const framer = new FramerProcess({ ...this.#options, uid });
      void framer.ended.then(() => users.release(uid));
      return framer;
    } catch (thrown) {
      users.release(uid);
      throw thrown;
    }
  }

  #keepSpareLater(): void {
    clearTimeout(this.#timer);
    if (this.#isOver || !Number.isFinite(this.#spareAfterMs)) return;
    this.#timer = setTimeout(() => this.#keepSpare(), this.#spareAfterMs).unref();
  }

  #keepSpare(): void {
    // One that died is not replaced before a framer is taken: it may be that none can start here.
    try {
      const spare = this.#start();
      this.#spare = spare;
      void spare.ended.then(() => {
        if (this.#spare === spare) this.#spare = undefined;
      });
    } catch {
      // No descriptors or processes left: whoever needs a framer is told.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const spare = this.#spare;
    this.#spare = undefined;
    await spare?.[Symbol.asyncDispose]();
  }
}
