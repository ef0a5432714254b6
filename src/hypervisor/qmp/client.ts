// QEMU's control connection. Commands carry ids, so that an answer that comes after its time is dropped
// instead of taken for another one's; when the connection ends, everything that waits is told.

import { RayError } from '../../contracts/index.ts';
import { Emitter, limitRate, type Unsubscribe, within } from '../../foundation/index.ts';
import { asOutcome } from '../cancelled.ts';
import { DescriptorSocket } from '../ffi/descriptor-socket.ts';
import { connectUnix } from '../ffi/descriptors.ts';
import { LineSplitter } from './lines.ts';
import { parseMessage, type QmpEvent, type QmpMessage } from './message.ts';

export type ConnectOptions = { readonly signal?: AbortSignal; readonly timeoutMs?: number };

export type ExecuteOptions = {
  /** Sent with the command (for `getfd`); they stay the caller's to close. */
  readonly fds?: readonly number[];
  readonly signal?: AbortSignal;
  /** Default: ten seconds. */
  readonly timeoutMs?: number;
};

type Waiting = {
  readonly command: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: RayError) => void;
};

const defaultTimeoutMs = 10_000;
/** A QEMU in a guest's hands may send events without end; its longest honest answer has 300 KB. */
const bytesPerSecond = 2 * 1024 * 1024;

export class QmpClient implements AsyncDisposable {
  readonly #socket: DescriptorSocket;
  readonly #lines = new LineSplitter();
  readonly #waiting = new Map<number, Waiting>();
  readonly #events = new Emitter<QmpEvent>();
  readonly #greeting = Promise.withResolvers<string>();
  #nextId = 1;
  /** QEMU's version, such as 7.2.22. */
  version = '';
  /** Resolves with the reason, in words, when the connection has ended. Never rejects. */
  readonly closed: Promise<string>;

  private constructor(fd: number) {
    this.#greeting.promise.catch(() => {});
    this.#socket = new DescriptorSocket(
      fd,
      'QEMU',
      (bytes) => this.#receive(bytes),
      (socket) => limitRate(socket, bytesPerSecond),
    );
    this.closed = this.#socket.closed;
    this.closed.then((reason) => this.#abandon(reason));
  }

  /** Connects and negotiates. Throws QEMU_PROTOCOL, TIMED_OUT, or CANCELLED. */
  static async connect(path: string, options: ConnectOptions = {}): Promise<QmpClient> {
    const client = new QmpClient(open(path));
    try {
      const ms = options.timeoutMs ?? defaultTimeoutMs;
      const onTimeout = () => timedOut('its greeting', ms);
      client.version = await within(client.#greeting.promise, ms, onTimeout, options.signal);
      await client.execute('qmp_capabilities', {}, options);
      return client;
    } catch (thrown) {
      await client[Symbol.asyncDispose]();
      throw asOutcome(thrown, options.signal);
    }
  }

  /** Runs a QMP command; its `return`. Throws QEMU_PROTOCOL when QEMU refuses, TIMED_OUT, CANCELLED. */
  async execute(
    command: string,
    args: Readonly<Record<string, unknown>> = {},
    options: ExecuteOptions = {},
  ): Promise<unknown> {
    if (options.signal?.aborted === true) throw asOutcome(undefined, options.signal);
    const id = this.#nextId++;
    const answer = Promise.withResolvers<unknown>();
    answer.promise.catch(() => {});
    this.#waiting.set(id, { command, resolve: answer.resolve, reject: answer.reject });
    try {
      const line = Buffer.from(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
      this.#socket.send(line, options.fds).catch(answer.reject);
      const ms = options.timeoutMs ?? defaultTimeoutMs;
      return await within(answer.promise, ms, () => timedOut(command, ms), options.signal);
    } catch (thrown) {
      throw asOutcome(thrown, options.signal);
    } finally {
      this.#waiting.delete(id);
    }
  }

  /** Calls `listener` for each event until the returned function is called. */
  onEvent(listener: (event: QmpEvent) => void): Unsubscribe {
    return this.#events.on(listener);
  }

  /** The next event of this name. Throws QEMU_PROTOCOL when the connection ends first, or CANCELLED. */
  nextEvent(name: string, signal?: AbortSignal): Promise<QmpEvent> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        off();
        signal?.removeEventListener('abort', onAbort);
        act();
      };
      const onAbort = () => settle(() => reject(asOutcome(signal?.reason, signal)));
      const off = this.#events.on((event) => {
        if (event.event === name) settle(() => resolve(event));
      });
      this.closed.then((reason) => settle(() => reject(new RayError('QEMU_PROTOCOL', reason))));
      signal?.addEventListener('abort', onAbort, { once: true });
      if (signal?.aborted) onAbort();
    });
  }

  #receive(bytes: Uint8Array): void {
    for (const line of this.#lines.push(bytes)) if (line !== '') this.#handle(parseMessage(line));
  }

  #handle(message: QmpMessage): void {
    if (message.kind === 'greeting') this.#greeting.resolve(message.version);
    else if (message.kind === 'event') this.#events.emit(message.event);
    else this.#answer(message);
  }

  #answer(message: Extract<QmpMessage, { id: unknown }>): void {
    const waiting = typeof message.id === 'number' ? this.#waiting.get(message.id) : undefined;
    if (waiting === undefined) return; // its time was over
    const { command, resolve, reject } = waiting;
    if (message.kind === 'answer') resolve(message.value);
    else reject(refused(command, message.errorClass, message.description));
  }

  #abandon(reason: string): void {
    const error = new RayError('QEMU_PROTOCOL', reason);
    this.#greeting.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }
}

function open(path: string): number {
  try {
    return connectUnix(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError('QEMU_PROTOCOL', `no QEMU answers at ${path}: ${reason}`, {}, cause);
  }
}

function refused(command: string, errorClass: string, description: string): RayError {
  const words = `QEMU refused ${command}: ${description}`;
  return new RayError('QEMU_PROTOCOL', words, { command, class: errorClass });
}

function timedOut(what: string, ms: number): RayError {
  return new RayError('TIMED_OUT', `QEMU did not answer ${what} within ${ms / 1000} seconds`);
}
