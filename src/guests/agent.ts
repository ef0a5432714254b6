// The agent's port: lines of ASCII over virtio-serial (`org.rayos.agent`). The guest is hostile: lines are
// bounded, unknown ones are ignored, and nothing that it says is repeated to a person unchecked.

import { connect, type Socket } from 'node:net';
import { RayError } from '../contracts/index.ts';
import { Emitter, limitRate, sleep } from '../foundation/index.ts';

export type AgentMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'state'; readonly ready: boolean }
  | { readonly type: 'stopping' };

const maxLineBytes = 1024;
/** Far more than the protocol needs, and too little to keep rayosd busy. */
const bytesPerSecond = 16 * 1024;
const connectTimeoutMs = 5000;

/** Reads one line from the guest; undefined for anything that is not the protocol. */
export function parseAgentLine(line: string): AgentMessage | undefined {
  const [word, argument, ...rest] = line.trim().split(' ');
  if (rest.length > 0) return undefined;
  if (word === 'ready') {
    const isForm = argument === undefined || /^\d{1,9}(\.\d{1,6})?$/.test(argument);
    return isForm ? { type: 'ready' } : undefined;
  }
  if (word === 'state' && (argument === 'ready' || argument === 'starting'))
    return { type: 'state', ready: argument === 'ready' };
  if (word === 'stopping' && argument === undefined) return { type: 'stopping' };
  return undefined;
}

/** Splits a hostile stream into lines; what is longer than a line may be is dropped up to its end. */
export class LineSplitter {
  #held = '';
  #dropping = false;

  push(chunk: string): string[] {
    const parts = (this.#held + chunk).split('\n');
    this.#held = parts.pop() ?? '';
    if (this.#dropping && parts.length > 0) {
      parts.shift();
      this.#dropping = false;
    }
    if (this.#dropping || this.#held.length > maxLineBytes) {
      this.#held = '';
      this.#dropping = true;
    }
    return parts.filter((line) => line.length <= maxLineBytes);
  }
}

export class Agent implements Disposable {
  readonly heard = new Emitter<AgentMessage>();
  readonly #socket: Socket;
  readonly #lines = new LineSplitter();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      for (const line of this.#lines.push(chunk)) {
        const message = parseAgentLine(line);
        if (message) this.heard.emit(message);
      }
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

  say(line: 'hello' | 'shutdown'): void {
    this.#socket.write(`${line}\n`);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
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
