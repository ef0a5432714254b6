// The supervisor's side of rayosd's door: a login when one is needed, and what has become of the display. A
// rayosd that is started again is found again, and told again.

import { connect, type Socket } from 'node:net';
import { sleep, within } from '../../foundation/clock.ts';
import { type DisplayState, LineCutter, parseLoginLine } from '../lines.ts';

export const retryMs = 1000;
/** The door closes a connection at once when it has heard too much within a minute: then it is left alone. */
const refusedMs = 20_000;
const atOnceMs = 2000;
const answerMs = 20_000;
/** A display that is lost and found while rayosd is away: the last of it is enough. */
const maxUntold = 4;

export class DoorClient {
  readonly #path: string;
  readonly #wait: typeof sleep;
  #socket: Socket | undefined;
  #connecting: Promise<Socket> | undefined;
  #refusedUntil = 0;
  #logins: PromiseWithResolvers<string>[] = [];
  #state: DisplayState | undefined;
  /** What the rayosd that is there has not heard yet, oldest first; the last is what holds. */
  #untold: DisplayState[] = [];

  /** `wait` is `sleep`, but for tests. */
  constructor(path: string, wait = sleep) {
    this.#path = path;
    this.#wait = wait;
  }

  /** An address with a one-time login; waits for rayosd as long as it takes. */
  async login(signal: AbortSignal): Promise<string> {
    for (;;) {
      try {
        const socket = await this.#connected();
        const login = Promise.withResolvers<string>();
        this.#logins.push(login);
        socket.write('{"ask":"login"}\n');
        const late = () => new Error('rayosd does not answer');
        return await within(login.promise, answerMs, late, signal);
      } catch (thrown) {
        if (signal.aborted) throw thrown;
        this.#drop();
        await this.#pause(signal);
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
      await this.#pause(signal).catch(() => {});
    }
    this.#drop();
  }

  #pause(signal: AbortSignal): Promise<void> {
    return this.#wait(Math.max(retryMs, this.#refusedUntil - performance.now()), signal);
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
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<Socket> {
    const socket = connect(this.#path);
    socket.setEncoding('utf8');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.once('connect', resolve);
    socket.once('error', reject);
    await promise;
    const openedAt = performance.now();
    const cutter = new LineCutter();
    socket.on('data', (text: string) => {
      for (const line of cutter.push(text) ?? []) {
        const login = parseLoginLine(line);
        if (login !== undefined) this.#logins.shift()?.resolve(login.address);
      }
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      if (this.#socket !== socket) return;
      const now = performance.now();
      if (now - openedAt < atOnceMs) this.#refusedUntil = now + refusedMs;
      this.#drop();
    });
    this.#socket = socket;
    return socket;
  }

  /** What rayosd was asked it will not answer any more, and the next one knows nothing. */
  #drop(): void {
    const logins = this.#logins;
    this.#logins = [];
    for (const { reject } of logins) reject(new Error('rayosd has gone'));
    this.#socket?.destroy();
    this.#socket = undefined;
    if (this.#untold.length === 0 && this.#state !== undefined) this.#untold = [this.#state];
  }
}
