// One framer process, from rayosd's side: started without any guest, given one's display once, spoken to by
// messages, and gone when it is gone: no descriptor of it stays here.

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Exit, limitRate, own, startAs } from '../foundation/index.ts';
import { ChannelGiver } from '../hypervisor/index.ts';
import { guardChannel } from './channel-guard.ts';
import { commandFor } from './code-view.ts';
import { Conduct } from './conduct.ts';
import {
  type FramerConfig,
  type FromFramer,
  isFromFramer,
  type ToFramer,
} from './framer/protocol.ts';
import { Handoff } from './handoff.ts';

export type FramerOptions = {
  /**
   * Whom framers become, where rayosd can start them as somebody else: numbers of an unprivileged user and its
   * group. Each framer that runs has another user: this one, or one of the 1023 below it. Root's framers
   * load their code as root and then become that user; others are that user from the start.
   */
  readonly uid?: number;
  readonly gid?: number;
  /** Where Node keeps compiled code, writable by rayosd's user alone: makes the start quicker. */
  readonly compileCacheDir?: string;
  /** Runs when a framer has a process: puts it under its limits. */
  onStarted?(pid: number): void;
  /** Another program than the framer's, which tests put in its place. */
  readonly program?: string;
};

const channelFd = 4;
const heapMiB = 96;
const lastWordsBytes = 2000;
const lastWordsPerSecond = 1 << 20;
const entry = fileURLToPath(new URL('./framer/main.ts', import.meta.url));

export class FramerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #stop: () => Promise<Exit>;
  readonly #handoff = new Handoff();
  readonly #conduct = new Conduct(performance.now());
  readonly #channel = new ChannelGiver();
  #onMessage: (message: FromFramer) => void = () => {};
  #lastWords = '';
  #fault: string | undefined;
  /** Resolves with why it ended, in words. */
  readonly ended: Promise<string>;

  /** Starts a framer, which loads its code, gives up root, and waits for what it is to show. */
  constructor(options: FramerOptions) {
    const { uid, gid, compileCacheDir, program = entry } = options;
    const config: FramerConfig = {
      channelFd,
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    };
    const flags = [`--max-old-space-size=${heapMiB}`, '--no-warnings'];
    try {
      const { file, args } = commandFor(program, flags, [JSON.stringify(config)]);
      const start = process.getuid?.() === 0 ? { file, args } : startAs({ uid, gid }, file, args);
      this.#child = spawn(start.file, start.args, {
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
    const check = (count: number, lineBytes: number) =>
      this.#conduct.faultOfBytes(count, lineBytes, performance.now());
    if (this.pid !== undefined) options.onStarted?.(this.pid);
    if (this.pid !== undefined) guardChannel(this.#child, check, (fault) => this.#broken(fault));
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

  /** What it said that no framer says, if it was ended for that. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /**
   * Gives it the display channel of `guest` (closed here in any case) to show, once. A framer that
   * is dead by now says so through `ended`.
   */
  show(
    guest: string,
    channel: number,
    onMessage: (message: FromFramer) => void,
    touch = false,
  ): void {
    this.#onMessage = onMessage;
    try {
      this.#channel.give(channel);
    } catch {
      this.kill();
    }
    this.send({ type: 'show', guest, touch });
  }

  /** Sends a message; one that cannot be sent is dropped, since the process is then about to end. */
  send(message: ToFramer): void {
    if (!this.#child.connected) return;
    if (message.type === 'screenshot') this.#conduct.asking(message.id);
    this.#child.send(message, () => {});
  }

  /** Gives a viewer's socket away; it is closed when it does not arrive. */
  sendViewer(message: Extract<ToFramer, { type: 'viewer' }>, socket: Socket): void {
    if (!this.#child.connected || socket.destroyed || !this.#conduct.sending(message.viewer)) {
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

  /** Ends it for what it said, of which nothing more is heard. */
  #broken(fault: string): void {
    this.#fault ??= fault;
    this.kill();
  }

  #listen(): void {
    const child = this.#child;
    child.on('error', () => {});
    child.on('message', (message: unknown) => {
      if (this.#fault !== undefined) return;
      if (!isFromFramer(message)) return this.#broken('it said what is not in the protocol');
      const fault = this.#conduct.faultOf(message, performance.now());
      if (fault !== undefined) return this.#broken(fault);
      if (message.type === 'viewer-joined' || message.type === 'viewer-left')
        this.#handoff.arrived(message.viewer);
      this.#onMessage(message);
    });
    const stderr = child.stderr as Readable;
    limitRate(stderr, lastWordsPerSecond);
    stderr.setEncoding('utf8');
    stderr.on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-lastWordsBytes);
    });
  }

  #why({ code, signal }: Exit): string {
    if (this.#fault !== undefined) return `it was ended as broken: ${this.#fault}`;
    const how = signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`;
    const said = /^\w*Error.*$/m.exec(this.#lastWords)?.[0];
    return said === undefined ? how : `${how}: ${said.slice(0, 300)}`;
  }
}
