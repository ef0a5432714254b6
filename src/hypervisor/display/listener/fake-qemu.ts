// QEMU's side of a listener, for tests: authenticates, calls what it is told to, counts the answers.

import { decodeMessage, encodeMessage, type Incoming } from '../../dbus/message.ts';
import { MessageStream } from '../../dbus/stream.ts';
import type { Value } from '../../dbus/value.ts';
import { DescriptorSocket } from '../../ffi/descriptor-socket.ts';
import { closeDescriptor, socketPair } from '../../ffi/descriptors.ts';
import { Receiver } from '../../ffi/receive.ts';
import { sendWithDescriptors } from '../../ffi/send.ts';
import type { DisplayListener } from '../types.ts';
import { listen } from './index.ts';

export class FakeQemu implements AsyncDisposable {
  readonly #socket: DescriptorSocket;
  readonly #stream = new MessageStream({ close: closeDescriptor });
  readonly #answers = new Map<number, (answer: Incoming) => void>();
  #hello = '';
  #serial = 1;

  constructor(fd: number) {
    this.#socket = new DescriptorSocket(fd, 'the listener', (bytes) => this.#receive(bytes));
    void this.#socket.send(
      Buffer.from('DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n'),
    );
  }

  get closed(): Promise<string> {
    return this.#socket.closed;
  }

  /** Calls a method; resolves with the answer once the listener has done what it was asked. */
  async call(
    member: string,
    signature = '',
    body: readonly Value[] = [],
    fds: readonly number[] = [],
    fdCount = fds.length,
  ): Promise<Incoming> {
    const answer = this.#call(member, signature, body, fds, fdCount);
    // The listener answers before it acts, and acts before it takes the next call.
    await this.#call('Nothing', '', [], [], 0);
    return answer;
  }

  async #call(
    member: string,
    signature: string,
    body: readonly Value[],
    fds: readonly number[],
    fdCount: number,
  ): Promise<Incoming> {
    const serial = this.#serial++;
    const answer = new Promise<Incoming>((resolve) => this.#answers.set(serial, resolve));
    const path = '/org/qemu/Display1/Listener';
    const properties = member === 'GetAll' || member === 'Get';
    const name = properties ? 'org.freedesktop.DBus.Properties' : 'org.qemu.Display1.Listener';
    const head = { type: 'call', serial, path, interface: name, member, signature } as const;
    await this.raw(encodeMessage({ ...head, body, fdCount }), fds);
    return answer;
  }

  raw(bytes: Uint8Array, fds: readonly number[] = []): Promise<void> {
    return this.#socket.send(bytes, fds);
  }

  #receive(bytes: Uint8Array): void {
    let rest = bytes;
    if (!this.#hello.endsWith('BEGIN\r\n')) {
      const text = Buffer.from(bytes).toString('latin1');
      const end = text.indexOf('BEGIN\r\n') + 'BEGIN\r\n'.length;
      this.#hello += text.slice(0, end);
      rest = bytes.subarray(end);
    }
    this.#stream.push(rest, [], (message) => {
      const copy = decodeMessage(message.bytes.slice());
      this.#answers.get(copy.replySerial ?? 0)?.(copy);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }
}

/** A listener whose QEMU is a fake. */
export async function listenToFake(): Promise<{ listener: DisplayListener; qemu: FakeQemu }> {
  let qemu: FakeQemu | undefined;
  const listener = await listen({
    graphicConsole: () => 0,
    async registerListener(_console: number, fd: number) {
      qemu = new FakeQemu(duplicate(fd));
    },
  });
  if (qemu === undefined) throw new Error('the listener was not registered');
  return { listener, qemu };
}

/** Another descriptor of the same socket, as another process would get it. */
export function duplicate(fd: number): number {
  const [ours, theirs] = socketPair();
  try {
    sendWithDescriptors(ours, Buffer.from('x'), [fd]);
    return new Receiver(theirs, 1).receive().fds[0] ?? -1;
  } finally {
    closeDescriptor(ours);
    closeDescriptor(theirs);
  }
}

/** The next time that something can be taken. */
export function change(listener: DisplayListener): Promise<void> {
  return new Promise((resolve) => listener.onChange(resolve));
}
