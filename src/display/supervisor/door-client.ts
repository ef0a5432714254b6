// The supervisor's side of rayosd's door: a login when one is needed, and what has become of the display. A
// rayosd that is started again is found again, and told again.

import { connect, type Socket } from 'node:net';
import { sleep, within } from '../../foundation/clock.ts';
import { type DisplayState, LineCutter, parseLoginLine } from '../lines.ts';

const retryMs = 1000;
const answerMs = 20_000;

export class DoorClient {
  readonly #path: string;
  #socket: Socket | undefined;
  #logins: ((address: string) => void)[] = [];
  /** What holds, and whether the rayosd that is there has been told. */
  #state: DisplayState | undefined;

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
    void this.#connected().then(
      (socket) => socket.write(`${JSON.stringify(state)}\n`),
      () => {},
    );
  }

  /** Keeps a connection until the signal: a rayosd that comes back hears how the display is. */
  async stay(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#socket === undefined && this.#state !== undefined) this.tell(this.#state);
      await sleep(retryMs, signal).catch(() => {});
    }
    this.#drop();
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
      if (this.#socket === socket) this.#socket = undefined;
    });
    this.#socket = socket;
    return socket;
  }

  #drop(): void {
    this.#logins = [];
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
