// The supervisor's side of rayosd's door: a login when one is needed, and what has become of the display. A
// rayosd that is started again is found again, and told again.

import { connect, type Socket } from 'node:net';
import { sleep, within } from '../../foundation/clock.ts';
import { type DisplayState, LineCutter, parseLoginLine } from '../lines.ts';

const retryMs = 1000;
const answerMs = 20_000;
/** A display that is lost and found while rayosd is away: the last of it is enough. */
const maxUntold = 4;

export class DoorClient {
  readonly #path: string;
  #socket: Socket | undefined;
  #logins: ((address: string) => void)[] = [];
  #state: DisplayState | undefined;
  /** What the rayosd that is there has not heard yet, oldest first; the last is what holds. */
  #untold: DisplayState[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /** An address with a one-time login; waits for rayosd as long as it takes. */
  async login(signal: AbortSignal): Promise<string> {
    for (;;) {
      try {
        const socket = await this.#connected();
        const { promise, resolve } = Promise.withResolvers<string>();
        this.#logins.push(resolve);
        socket.write('{"ask":"login"}\n');
        return await within(promise, answerMs, () => new Error('rayosd does not answer'), signal);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        this.#drop();
        await sleep(retryMs, signal);
      }
    }
  }

  /** Tells what has become of the display: now, and each rayosd that comes. */
  tell(state: DisplayState): void {
    this.#state = state;
    this.#untold = [...this.#untold, state].slice(-maxUntold);
    void this.#tellIt();
  }

  /** Keeps a connection until the signal: a rayosd that comes back hears how the display is. */
  async stay(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#tellIt();
      await sleep(retryMs, signal).catch(() => {});
    }
    this.#drop();
  }

  async #tellIt(): Promise<void> {
    if (this.#untold.length === 0) return;
    const socket = await this.#connected().catch(() => undefined);
    if (socket === undefined) return;
    for (const state of this.#untold) socket.write(`${JSON.stringify(state)}\n`);
    this.#untold = [];
  }

  async #connected(): Promise<Socket> {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect(this.#path);
    socket.setEncoding('utf8');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', resolve);
    socket.once('error', reject);
    await promise;
    const cutter = new LineCutter();
    socket.on('data', (text: string) => {
      for (const line of cutter.push(text) ?? []) {
        const login = parseLoginLine(line);
        if (login !== undefined) this.#logins.shift()?.(login.address);
      }
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      this.#tellAgain();
    });
    this.#socket = socket;
    return socket;
  }

  /** The next rayosd knows nothing. */
  #tellAgain(): void {
    if (this.#untold.length === 0 && this.#state !== undefined) this.#untold = [this.#state];
  }

  #drop(): void {
    this.#logins = [];
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#tellAgain();
  }
}
