// The framer's connection to one guest's display: which screens there are, input to them, listeners.
// The calls are those of QEMU's ui/dbus-display1.xml.

import { RayError } from '../../contracts/errors.ts';
import { within } from '../../foundation/clock.ts';
import { asOutcome } from '../cancelled.ts';
import { decodeMessage, encodeMessage, type Incoming, readBody } from '../dbus/message.ts';
import { SaslReplies, saslHello } from '../dbus/sasl.ts';
import { MessageStream } from '../dbus/stream.ts';
import type { BodyOf, Value, Variant } from '../dbus/value.ts';
import { DescriptorSocket } from '../ffi/descriptor-socket.ts';
import { closeDescriptor, setCloseOnExec } from '../ffi/descriptors.ts';
import { readConsoles } from './consoles.ts';
import { keyboardOf, lightsOf, mouseOf, touchOf } from './input.ts';
import type { ConsoleInfo, Keyboard, LockLights, Mouse, Touch, UiInfo } from './types.ts';

const callTimeoutMs = 5000;
/** Nothing on this connection is larger: pixels come to listeners. */
const maxMessageBytes = 1024 * 1024;

export type Call<R extends string> = {
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly Value[];
  /** What the answer must be. */
  readonly returns: R;
  readonly fds?: readonly number[];
  readonly sender?: string;
};

type Waiting = {
  readonly resolve: (answer: Incoming) => void;
  readonly reject: (e: Error) => void;
};

export class DisplayConnection implements AsyncDisposable {
  readonly #socket: DescriptorSocket;
  readonly #sasl = new SaslReplies();
  readonly #authenticated = Promise.withResolvers<void>();
  readonly #stream = new MessageStream({ limit: maxMessageBytes, close: closeDescriptor });
  readonly #waiting = new Map<number, Waiting>();
  #serial = 1;
  #onLights: (lights: LockLights) => void = () => {};
  #consoles: readonly ConsoleInfo[] = [];
  /** Resolves with the reason, in words, when the connection has ended. Never rejects. */
  readonly closed: Promise<string>;

  private constructor(fd: number) {
    this.#authenticated.promise.catch(() => {});
    this.#socket = new DescriptorSocket(fd, "QEMU's display", (bytes) => this.#receive(bytes));
    this.closed = this.#socket.closed;
    this.closed.then((reason) => this.#abandon(reason));
  }

  /** Authenticates on a descriptor of `openDisplayChannel`, which it takes over. Throws QEMU_PROTOCOL, TIMED_OUT. */
  static async open(
    fd: number,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<DisplayConnection> {
    setCloseOnExec(fd);
    const connection = new DisplayConnection(fd);
    try {
      await connection.#socket.send(saslHello);
      const { promise } = connection.#authenticated;
      await within(promise, callTimeoutMs, () => timedOut('authentication'), options.signal);
      connection.#consoles = await readConsoles(connection);
      return connection;
    } catch (thrown) {
      await connection[Symbol.asyncDispose]();
      throw asOutcome(thrown, options.signal);
    }
  }

  /** The screens that the guest had when the connection was opened. */
  get consoles(): readonly ConsoleInfo[] {
    return this.#consoles;
  }

  /** Of the first graphic console. */
  get keyboard(): Keyboard {
    return this.keyboardAt(this.graphicConsole());
  }

  /** Of the first graphic console. */
  get mouse(): Mouse {
    return this.mouseAt(this.graphicConsole());
  }

  keyboardAt(console: number): Keyboard {
    return keyboardOf(this, console);
  }

  mouseAt(console: number): Mouse {
    return mouseOf(this, console);
  }

  /** Of a QEMU that has the interface (8.1 and newer); it says nothing of whether the guest has the device. */
  async touchAt(console: number): Promise<Touch | undefined> {
    return await touchOf(this, console);
  }

  /** `callback` runs when a lock light of the guest's keyboard has changed. */
  onLights(callback: (lights: LockLights) => void): void {
    this.#onLights = callback;
  }

  /** The id of the first graphic console. Throws QEMU_PROTOCOL when there is none. */
  graphicConsole(): number {
    const [first] = this.graphicConsoles();
    if (first === undefined) throw new RayError('QEMU_PROTOCOL', 'the guest has no screen');
    return first;
  }

  /** The ids of the guest's screens, in their order. */
  graphicConsoles(): number[] {
    return this.#consoles.filter(({ kind }) => kind === 'Graphic').map(({ id }) => id);
  }

  /** Tells the guest the size of the monitor that it is shown on, which it may ignore. */
  async setUIInfo(info: UiInfo, console = this.graphicConsole()): Promise<void> {
    const { widthMm = 0, heightMm = 0, x = 0, y = 0, width, height } = info;
    await this.call({
      ...consoleCall(console, 'SetUIInfo'),
      signature: 'qqiiuu',
      body: [widthMm, heightMm, x, y, width, height],
      returns: '',
    });
  }

  /** Whether QEMU lets the guest's sound be listened to: it does for a guest with a sound card. */
  async hasSound(): Promise<boolean> {
    for (;;) {
      try {
        await this.getProperties('/org/qemu/Display1/Audio', 'org.qemu.Display1.Audio');
        return true;
      } catch (thrown) {
        // A QEMU that is busy with its guest's start has said nothing yet. One that is gone refuses.
        if (!(thrown instanceof RayError) || thrown.code !== 'TIMED_OUT') return false;
      }
    }
  }

  /**
   * Gives QEMU the socket on which it calls the listener of the guest's sound. QEMU authenticates on it, and
   * reads its properties, in its main loop. Throws QEMU_PROTOCOL where the guest has no sound card.
   *
   * QEMU 7.2 keeps listeners by their sender, which a call between two peers need not have: it ends with a
   * segmentation fault without one (measured: 7.2.22). So the call has one, another each time, since there
   * the one before may not have been forgotten yet.
   */
  async registerOutListener(fd: number): Promise<void> {
    await this.call({
      path: '/org/qemu/Display1/Audio',
      interface: 'org.qemu.Display1.Audio',
      member: 'RegisterOutListener',
      signature: 'h',
      body: [0],
      fds: [fd],
      sender: `:rayos.${this.#serial}`,
      returns: '',
    });
  }

  /** Gives QEMU the socket on which it calls a listener. QEMU authenticates on it before it answers. */
  async registerListener(console: number, fd: number): Promise<void> {
    await this.call({
      ...consoleCall(console, 'RegisterListener'),
      signature: 'h',
      body: [0],
      fds: [fd],
      returns: '',
    });
  }

  async getProperties(path: string, name: string): Promise<ReadonlyMap<string, Variant>> {
    const [properties] = await this.call({
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'GetAll',
      signature: 's',
      body: [name],
      returns: 'a{sv}',
    });
    return properties;
  }

  /** Throws QEMU_PROTOCOL when QEMU refuses or the connection ends, TIMED_OUT when it does not answer. */
  async call<const R extends string>(call: Call<R>): Promise<BodyOf<R>> {
    const { returns, fds = [], ...outgoing } = call;
    const serial = this.#serial++;
    const answer = Promise.withResolvers<Incoming>();
    answer.promise.catch(() => {});
    this.#waiting.set(serial, answer);
    try {
      const message = encodeMessage({ ...outgoing, type: 'call', serial, fdCount: fds.length });
      this.#socket.send(message, fds).catch(answer.reject);
      const reply = await within(answer.promise, callTimeoutMs, () => timedOut(call.member));
      if (reply.type === 'error') throw refused(call.member, reply);
      return readBody(reply, returns);
    } finally {
      this.#waiting.delete(serial);
    }
  }

  #receive(bytes: Uint8Array): void {
    const rest = this.#sasl.isDone ? bytes : this.#sasl.push(bytes);
    if (this.#sasl.isDone) this.#authenticated.resolve();
    this.#stream.push(rest, [], (message) => this.#handle(message));
  }

  #handle(message: Incoming): void {
    if (message.type === 'signal') {
      const lights = lightsOf(decodeMessage(message.bytes.slice()));
      if (lights !== undefined) this.#onLights(lights);
    }
    if (message.type !== 'return' && message.type !== 'error') return;
    const waiting = this.#waiting.get(message.replySerial ?? 0);
    // The bytes are valid during this call only; answers are small.
    waiting?.resolve(decodeMessage(message.bytes.slice()));
  }

  #abandon(reason: string): void {
    const error = new RayError('QEMU_PROTOCOL', reason);
    this.#authenticated.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }
}

function consoleCall(console: number, member: string) {
  return {
    path: `/org/qemu/Display1/Console_${console}`,
    interface: 'org.qemu.Display1.Console',
    member,
  };
}

function refused(member: string, reply: Incoming): RayError {
  const text = reply.signature === 's' ? readBody(reply, 's')[0] : (reply.errorName ?? 'no reason');
  return new RayError('QEMU_PROTOCOL', `QEMU's display refused ${member}: ${text}`);
}

function timedOut(what: string): RayError {
  const seconds = callTimeoutMs / 1000;
  return new RayError(
    'TIMED_OUT',
    `QEMU's display did not answer ${what} within ${seconds} seconds`,
  );
}
