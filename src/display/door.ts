// rayosd's side of the display: a unix socket in a folder that only the display's user may enter. Who is let
// in there gets one-time logins and tells how the display is. No login is ever on a command line, in the
// environment or in a file.

import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { MarkerArguments, MarkerName } from '../contracts/index.ts';
import { type DisplayState, LineCutter, parseDisplayLine } from './lines.ts';

/** The display restarts a few times a minute at worst: more news is a fault, and is not written down. */
const newsPerMinute = 20;
const maxConnections = 4;

export type DisplayDoorOptions = {
  /** Where it listens. The folder is there, belongs to this user, and is set-group-id to the display's. */
  readonly path: string;
  /** A fresh address with a one-time login in it. */
  readonly login: () => string;
  readonly mark: <N extends MarkerName>(name: N, args: MarkerArguments<N>) => void;
  readonly changed?: () => void;
  /** Milliseconds from any fixed point. */
  readonly now?: () => number;
};

export class DisplayDoor implements AsyncDisposable {
  readonly #options: DisplayDoorOptions;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #state: DisplayState | undefined;
  /** Who told the state that holds. */
  #teller: Socket | undefined;
  readonly #now: () => number;
  /** When it was told something, within the last minute; never more than `newsPerMinute`. */
  #news: number[] = [];

  private constructor(options: DisplayDoorOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#server = createServer((socket) => this.#welcome(socket));
    this.#server.maxConnections = maxConnections;
  }

  /** Listens. Rejects where the folder is missing or closed to us. */
  static async open(options: DisplayDoorOptions): Promise<DisplayDoor> {
    const door = new DisplayDoor(options);
    // What is there was left by a rayosd that was killed: our state's lock says that we are alone.
    rmSync(options.path, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    door.#server.once('error', reject);
    const before = process.umask(0o117);
    door.#server.listen(options.path, () => {
      chmodSync(options.path, 0o660);
      resolve();
    });
    process.umask(before);
    await promise;
    return door;
  }

  /** How the display is; undefined until it has said so. */
  get state(): DisplayState | undefined {
    return this.#state;
  }

  #welcome(socket: Socket): void {
    this.#open.add(socket);
    const cutter = new LineCutter();
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      const lines = cutter.push(text);
      if (lines === undefined) socket.destroy();
      for (const line of lines ?? []) {
        if (socket.destroyed) return;
        this.#hear(line, socket);
      }
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#teller !== socket) return;
      this.#teller = undefined;
      if (this.#state?.state === 'shown')
        this.#become({ state: 'lost', reason: 'its-supervisor-ended' });
    });
  }

  #hear(line: string, socket: Socket): void {
    const heard = parseDisplayLine(line);
    if (heard === undefined || !this.#isHeardOut()) return void socket.destroy();
    if ('ask' in heard) {
      socket.write(`${JSON.stringify({ address: this.#options.login() })}\n`);
      return;
    }
    this.#teller = socket;
    this.#become(heard);
  }

  #become(state: DisplayState): void {
    this.#state = state;
    const { mark, changed } = this.#options;
    if (state.state === 'shown') mark('PRESENTATION:DESKTOP_SHOWN', { output: state.output });
    else if (state.state === 'lost') mark('PRESENTATION:DISPLAY_LOST', { reason: state.reason });
    else mark('PRESENTATION:CONSOLE_SHOWN', { reason: state.reason });
    changed?.();
  }

  #isHeardOut(): boolean {
    const now = this.#now();
    this.#news = this.#news.filter((time) => time > now - 60_000);
    // What is refused does not count: who goes on asking is heard again after a minute.
    if (this.#news.length >= newsPerMinute) return false;
    this.#news.push(now);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) {
      if (socket === this.#teller) this.#teller = undefined;
      socket.destroy();
    }
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    rmSync(this.#options.path, { force: true });
  }
}
