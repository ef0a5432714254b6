// The agent's port: lines of ASCII over virtio-serial (`org.rayos.agent`). What it says is bounded in rate
// and length; what it is asked is asked one at a time, and waited for with an end.

import { connect, type Socket } from 'node:net';
import { RayError } from '../contracts/index.ts';
import { Emitter, limitRate, sleep, within } from '../foundation/index.ts';
import {
  type AgentMessage,
  type Capability,
  LineSplitter,
  maxLineBytes,
  parseAgentLine,
  percentEncoded,
} from './agent-lines.ts';
import { Exclusive } from './exclusive.ts';

/** Far more than the protocol needs, and too little to keep rayosd busy. */
const bytesPerSecond = 16 * 1024;
const connectTimeoutMs = 5000;
const answerTimeoutMs = 20_000;
/** What may wait for a guest that does not read: the newest word of ours is then lost, as its own are. */
const maxUnreadBytes = 64 * 1024;

export type FolderMount = {
  readonly tag: string;
  readonly name: string;
  readonly by: '9p' | 'virtiofs';
  readonly writable: boolean;
};

export class Agent implements Disposable {
  readonly heard = new Emitter<AgentMessage>();
  readonly #socket: Socket;
  readonly #lines = new LineSplitter();
  readonly #turns = new Exclusive();
  #can: ReadonlySet<Capability> = new Set();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      for (const line of this.#lines.push(chunk)) this.#hear(parseAgentLine(line));
    });
    limitRate(socket, bytesPerSecond);
    socket.on('error', () => socket.destroy());
  }

  /** Connects to QEMU's end of the port, waiting for it a little. Throws QEMU_PROTOCOL, or the signal's reason. */
  static async connect(path: string, signal: AbortSignal): Promise<Agent> {
    const deadline = performance.now() + connectTimeoutMs;
    for (;;) {
      signal.throwIfAborted();
      if (performance.now() > deadline)
        throw new RayError('QEMU_PROTOCOL', `nobody answers at ${path}`);
      const socket = await tryConnect(path);
      if (socket) return new Agent(socket);
      await sleep(20, signal);
    }
  }

  /** Whether the agent in the guest has said that it can do this. Agents of before say nothing. */
  can(what: Capability): boolean {
    return this.#can.has(what);
  }

  say(line: 'hello' | 'shutdown'): void {
    this.#send(line);
  }

  /** Asks for a screen of this size; what it becomes is heard as `display`. Throws AGENT_MISSING. */
  display(head: number, width: number, height: number, scalePercent: number): void {
    this.#need('display', 'change its screen');
    this.#send(`display ${[head, width, height, scalePercent].map(Math.round).join(' ')}`);
  }

  /** Opens something by its name; false when the guest knows nothing of that name. Throws AGENT_MISSING, TIMED_OUT. */
  async open(what: string, signal?: AbortSignal): Promise<boolean> {
    this.#need('open', 'open things by name');
    const line = `open ${percentEncoded(what)}`;
    if (line.length > maxLineBytes)
      throw new RayError('BAD_REQUEST', 'that is too long to be opened by name', {
        command: 'guest open',
      });
    return this.#ask(line, (m) => (m.type === 'opened' ? m.ok : unknownIsNo(m)), signal);
  }

  /** Mounts a shared folder at /media/<name>; whether it is there now. Throws AGENT_MISSING, TIMED_OUT. */
  async mount({ tag, name, by, writable }: FolderMount, signal?: AbortSignal): Promise<boolean> {
    this.#need('folder', 'mount shared folders');
    return this.#ask(
      `folder ${tag} ${name} ${by} ${writable ? 'rw' : 'ro'}`,
      (m) => (m.type === 'folder' && m.name === name ? m.ok : unknownIsNo(m)),
      signal,
    );
  }

  /** Takes a shared folder out of the guest's tree; whether it has gone. Throws AGENT_MISSING, TIMED_OUT. */
  async unmount(name: string, signal?: AbortSignal): Promise<boolean> {
    this.#need('folder', 'unmount shared folders');
    return this.#ask(
      `unfolder ${name}`,
      (m) => (m.type === 'folder' && m.name === name ? m.ok : unknownIsNo(m)),
      signal,
    );
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #hear(message: AgentMessage | undefined): void {
    if (message === undefined) return;
    if (message.type === 'can') this.#can = new Set(message.what);
    this.heard.emit(message);
  }

  #need(what: Capability, words: string): void {
    if (this.#can.has(what)) return;
    throw new RayError('AGENT_MISSING', `no agent in this guest has said that it can ${words}`);
  }

  /** Sends a line and waits for the first message that `answer` understands; one question at a time. */
  #ask<T>(
    line: string,
    answer: (message: AgentMessage) => T | undefined,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#turns.run('ask', async () => {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const gone = () => reject(new RayError('AGENT_MISSING', 'the guest has gone'));
      const stop = this.heard.on((message) => {
        const value = answer(message);
        if (value !== undefined) resolve(value);
      });
      this.#socket.once('close', gone);
      try {
        this.#send(line);
        if (this.#socket.destroyed) gone();
        return await within(
          promise,
          answerTimeoutMs,
          () =>
            new RayError(
              'TIMED_OUT',
              `the agent in the guest has not answered for ${answerTimeoutMs / 1000} s`,
            ),
          signal,
        );
      } finally {
        stop();
        this.#socket.off('close', gone);
      }
    });
  }

  #send(line: string): void {
    if (this.#socket.writableLength < maxUnreadBytes) this.#socket.write(`${line}\n`, 'latin1');
  }
}

function unknownIsNo({ type }: AgentMessage): false | undefined {
  return type === 'unknown' ? false : undefined;
}

function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}
