// One framer process, from rayosd's side: started without any guest, given one's display once, spoken to by
// messages, and gone when it is gone: no descriptor of it stays here.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Exit, own } from '../foundation/index.ts';
import { ChannelGiver } from '../hypervisor/index.ts';
import {
  type FramerConfig,
  type FromFramer,
  isFromFramer,
  type ToFramer,
} from './framer/protocol.ts';
import { Handoff } from './handoff.ts';

export type FramerOptions = {
  /** Whom framers become when rayosd is root: numbers of an unprivileged user and its group. */
  readonly uid?: number;
  readonly gid?: number;
  /** Where Node keeps compiled code, writable by rayosd's user alone: makes the start quicker. */
  readonly compileCacheDir?: string;
};

const channelFd = 4;
const heapMiB = 96;
const lastWordsBytes = 2000;
const entry = fileURLToPath(new URL('./framer/main.ts', import.meta.url));

export class FramerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #stop: () => Promise<Exit>;
  readonly #handoff = new Handoff();
  readonly #channel = new ChannelGiver();
  #onMessage: (message: FromFramer) => void = () => {};
  #lastWords = '';
  /** Resolves with why it ended, in words. */
  readonly ended: Promise<string>;

  /** Starts a framer, which loads its code, gives up root, and waits for what it is to show. */
  constructor(options: FramerOptions) {
    const { uid, gid, compileCacheDir } = options;
    const config: FramerConfig = {
      channelFd,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    };
    const flags = [`--max-old-space-size=${heapMiB}`, '--no-warnings'];
    try {
      this.#child = spawn(process.execPath, [...flags, entry, JSON.stringify(config)], {
        cwd: '/',
        env: compileCacheDir === undefined ? {} : { NODE_COMPILE_CACHE: compileCacheDir },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc', this.#channel.theirs],
      });
    } catch (thrown) {
      this.#channel[Symbol.dispose]();
      throw thrown;
    }
    this.#channel.started();
    const owned = own(this.#child);
    this.#stop = () => owned.stop();
    this.#listen();
    this.ended = owned.exited.then((exit) => {
      this.#handoff.abandon();
      this.#channel[Symbol.dispose]();
      return this.#why(exit);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Gives it a guest's display channel (closed here in any case) to show as `surface`, once. A framer that
   * is dead by now says so through `ended`.
   */
  show(surface: string, channel: number, onMessage: (message: FromFramer) => void): void {
    this.#onMessage = onMessage;
    try {
      this.#channel.give(channel);
    } catch {
      this.kill();
    }
    this.send({ type: 'show', surface });
  }

  /** Sends a message; one that cannot be sent is dropped, since the process is then about to end. */
  send(message: ToFramer): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  /** Gives a viewer's socket away; it is closed when it does not arrive. */
  sendViewer(message: Extract<ToFramer, { type: 'viewer' }>, socket: Socket): void {
    if (!this.#child.connected) {
      socket.destroy();
      return;
    }
    this.#handoff.sending(message.viewer, socket);
    // When it is written, the socket has lost its handle: to destroy it only tells its server so.
    this.#child.send(message, socket, { keepOpen: false }, () => socket.destroy());
  }

  /** Ends it at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }

  #listen(): void {
    const child = this.#child;
    child.on('error', () => {});
    child.on('message', (message: unknown, handle: unknown) => {
      // A framer has no socket to give.
      (handle as Socket | undefined)?.destroy();
      if (!isFromFramer(message)) {
        child.kill('SIGKILL');
        return;
      }
      if (message.type === 'viewer-joined' || message.type === 'viewer-left')
        this.#handoff.arrived(message.viewer);
      this.#onMessage(message);
    });
    const stderr = child.stderr as Readable;
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-lastWordsBytes);
    });
  }

  #why({ code, signal }: Exit): string {
    const how = signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`;
    const said = /^\w*Error.*$/m.exec(this.#lastWords)?.[0];
    return said === undefined ? how : `${how}: ${said.slice(0, 300)}`;
  }
}
