// What every listener's thread does: blocks in recvmsg, answers QEMU at once, hands on what came. QEMU waits in
// its main loop for some of the answers, so such a thread waits for nothing else, and nobody can make it wait.
// It ends when its socket ends; the main thread ends it by shutting the socket down, and closes the socket.

import { flushCompileCache } from 'node:module';
import { encodeMessage, type Incoming, type Outgoing, readBody } from '../../dbus/message.ts';
import { SaslReplies, saslHello } from '../../dbus/sasl.ts';
import { MessageStream } from '../../dbus/stream.ts';
import type { Value } from '../../dbus/value.ts';
import { closeDescriptor } from '../../ffi/descriptors.ts';
import { SystemCallError } from '../../ffi/libc.ts';
import { Receiver } from '../../ffi/receive.ts';
import { sendBlocking } from '../../ffi/send.ts';

/** 'ready' before anything was received, 'look' when a wake bit was set, and the reason at the end. */
export type ThreadMessage = 'ready' | 'look' | { readonly closed: string };

export type Service = {
  /** The interface that QEMU calls, and what of it is offered beyond its methods. */
  readonly name: string;
  readonly interfaces: readonly string[];
  /** How much is received at once. */
  readonly receiveBytes: number;
  /** The longest message that is taken; the stream's own limit unless said. */
  readonly maxMessageBytes?: number;
  /** Whether QEMU may call this; any other member is answered with an error. */
  readonly has: (member: string) => boolean;
  /** Whether this is answered only when it has been handled; what QEMU waits for is answered first. */
  readonly isAnsweredLast?: (member: string) => boolean;
  /** Takes those of `fds` out that it keeps; the others are closed. */
  readonly handle: (member: string, message: Incoming, fds: number[]) => void;
};

type Answer = Pick<Outgoing, 'signature' | 'body' | 'errorName'>;

/** Serves until the end of the stream; returns why it ended, in words. `onReady` runs when QEMU is waited for. */
export function serveListener(fd: number, service: Service, onReady: () => void): string {
  try {
    return serve(fd, service, onReady);
  } catch (thrown) {
    const isEnd = thrown instanceof SystemCallError && /ECONNRESET|EPIPE/.test(thrown.code);
    if (isEnd) return 'QEMU closed the display';
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

function serve(fd: number, service: Service, onReady: () => void): string {
  const { receiveBytes, maxMessageBytes } = service;
  const receiver = new Receiver(fd, receiveBytes);
  const sasl = new SaslReplies();
  const limit = maxMessageBytes === undefined ? {} : { limit: maxMessageBytes };
  const stream = new MessageStream({
    initialBytes: receiveBytes,
    close: closeDescriptor,
    ...limit,
  });
  let serial = 1;
  const answer = (call: Incoming, content: Answer): void => {
    if (call.noReply) return;
    const type = content.errorName === undefined ? 'return' : 'error';
    const reply = { ...content, type, serial: serial++, replySerial: call.serial } as const;
    sendBlocking(fd, encodeMessage(reply));
  };
  sendBlocking(fd, saslHello);
  // While the cache can be written still, and nobody waits: this thread may be killed at any moment.
  flushCompileCache();
  onReady();
  try {
    for (;;) {
      const { bytes, fds, isTruncated } = receiver.receive();
      if (isTruncated) {
        for (const stray of fds) closeDescriptor(stray);
        return 'QEMU sent more descriptors than can be taken';
      }
      if (bytes.length === 0) return 'QEMU closed the display';
      const rest = sasl.isDone ? bytes : sasl.push(bytes);
      stream.push(rest, fds, (message, own) => {
        try {
          if (message.type !== 'call') return;
          const member = message.member ?? '';
          if (!service.has(member)) {
            answer(message, answerOther(message, service));
            return;
          }
          const isLast = service.isAnsweredLast?.(member) ?? false;
          if (!isLast) answer(message, {});
          service.handle(member, message, own);
          if (isLast) answer(message, {});
        } finally {
          for (const unused of own) closeDescriptor(unused);
        }
      });
    }
  } finally {
    stream.dispose();
  }
}

/** Properties; for anything else, that it is not there. */
function answerOther(message: Incoming, { name, interfaces: offered }: Service): Answer {
  if (message.interface === 'org.freedesktop.DBus.Properties') {
    const interfaces: Value = { signature: 'as', value: offered };
    if (message.member === 'GetAll') {
      const isListener = readBody(message, 's')[0] === name;
      const properties = new Map<Value, Value>(isListener ? [['Interfaces', interfaces]] : []);
      return { signature: 'a{sv}', body: [properties] };
    }
    if (message.member === 'Get' && readBody(message, 'ss')[1] === 'Interfaces')
      return { signature: 'v', body: [interfaces] };
  }
  const errorName = 'org.freedesktop.DBus.Error.UnknownMethod';
  return { errorName, signature: 's', body: ['RayOS does not have this'] };
}
