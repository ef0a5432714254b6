// The listener's thread: blocks in recvmsg, answers QEMU at once, puts what came on the board. QEMU waits in
// its main loop for some of the answers, so this thread waits for nothing else, and nobody can make it wait.
// It ends when its socket ends; the main thread ends it by shutting the socket down, and closes the socket.

import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { encodeMessage, type Incoming, type Outgoing, readBody } from '../../dbus/message.ts';
import { SaslReplies, saslHello } from '../../dbus/sasl.ts';
import { MessageStream } from '../../dbus/stream.ts';
import type { Value } from '../../dbus/value.ts';
import { closeDescriptor } from '../../ffi/descriptors.ts';
import { SystemCallError } from '../../ffi/libc.ts';
import { Receiver } from '../../ffi/receive.ts';
import { sendBlocking } from '../../ffi/send.ts';
import type { Board } from './board.ts';
import { handlers, ListenerCalls } from './calls.ts';
import { Publisher } from './publish.ts';

export type ThreadData = { readonly fd: number; readonly uid: number; readonly board: Board };
/** 'ready' before anything was received, 'look' when a wake bit was set, and the reason at the end. */
export type ThreadMessage = 'ready' | 'look' | { readonly closed: string };

const receiveBytes = 1024 * 1024;
const listenerInterface = 'org.qemu.Display1.Listener';
/** Asks QEMU 9.2 and newer for shared memory; an older one does not ask. */
const offered = ['org.qemu.Display1.Listener.Unix.Map'];

const { fd, uid, board } = workerData as ThreadData;
const post = (message: ThreadMessage) => parentPort?.postMessage(message);
const calls = new ListenerCalls(new Publisher(board, () => post('look'), closeDescriptor));
let serial = 1;

/** Calls that QEMU makes and forgets. */
const bringsPixels: ReadonlySet<string> = new Set(['Scanout', 'Update']);

type Answer = Pick<Outgoing, 'signature' | 'body' | 'errorName'>;

function answer(call: Incoming, content: Answer): void {
  if (call.noReply) return;
  const type = content.errorName === undefined ? 'return' : 'error';
  const reply = { ...content, type, serial: serial++, replySerial: call.serial } as const;
  sendBlocking(fd, encodeMessage(reply));
}

function handle(message: Incoming, fds: number[]): void {
  if (message.type !== 'call') return;
  const handler = handlers.get(message.member ?? '');
  if (handler === undefined) {
    answer(message, answerOther(message));
    return;
  }
  // QEMU does not wait for the answer to pixels in a message, and a viewer does wait for the pixels.
  if (!bringsPixels.has(message.member ?? '')) answer(message, {});
  handler(calls, message, fds);
  if (bringsPixels.has(message.member ?? '')) answer(message, {});
}

/** Properties; for anything else, that it is not there. */
function answerOther(message: Incoming): Answer {
  if (message.interface === 'org.freedesktop.DBus.Properties') {
    const interfaces: Value = { signature: 'as', value: offered };
    if (message.member === 'GetAll') {
      const isListener = readBody(message, 's')[0] === listenerInterface;
      const properties = new Map<Value, Value>(isListener ? [['Interfaces', interfaces]] : []);
      return { signature: 'a{sv}', body: [properties] };
    }
    if (message.member === 'Get' && readBody(message, 'ss')[1] === 'Interfaces')
      return { signature: 'v', body: [interfaces] };
  }
  const errorName = 'org.freedesktop.DBus.Error.UnknownMethod';
  return { errorName, signature: 's', body: ['RayOS does not have this'] };
}

/** Receives until the end of the stream; returns why it ended. */
function serve(): string {
  const receiver = new Receiver(fd, receiveBytes);
  const sasl = new SaslReplies();
  const stream = new MessageStream({ initialBytes: receiveBytes, close: closeDescriptor });
  sendBlocking(fd, saslHello(uid));
  // While the cache can be written still, and nobody waits: this thread may be killed at any moment.
  flushCompileCache();
  post('ready');
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
          handle(message, own);
        } finally {
          for (const unused of own) closeDescriptor(unused);
        }
      });
    }
  } finally {
    stream.dispose();
  }
}

function reasonOf(thrown: unknown): string {
  const isEnd = thrown instanceof SystemCallError && /ECONNRESET|EPIPE/.test(thrown.code);
  if (isEnd) return 'QEMU closed the display';
  return thrown instanceof Error ? thrown.message : String(thrown);
}

let reason: string;
try {
  reason = serve();
} catch (thrown) {
  reason = reasonOf(thrown);
}
post({ closed: reason });
