// The thread of a screen's listener: what QEMU calls on it is put on the board.

import { parentPort, workerData } from 'node:worker_threads';
import { closeDescriptor } from '../../ffi/descriptors.ts';
import type { Board } from './board.ts';
import { handlers, ListenerCalls } from './calls.ts';
import { Publisher } from './publish.ts';
import { serveListener, type ThreadMessage } from './serve.ts';

export type ThreadData = { readonly fd: number; readonly board: Board };

const { fd, board } = workerData as ThreadData;
const post = (message: ThreadMessage) => parentPort?.postMessage(message);
const calls = new ListenerCalls(new Publisher(board, () => post('look'), closeDescriptor));

/** Calls that QEMU makes and forgets. */
const bringsPixels: ReadonlySet<string> = new Set(['Scanout', 'Update']);

const closed = serveListener(
  fd,
  {
    name: 'org.qemu.Display1.Listener',
    // Asks QEMU 9.2 and newer for shared memory; an older one does not ask.
    interfaces: ['org.qemu.Display1.Listener.Unix.Map'],
    receiveBytes: 1024 * 1024,
    has: (member) => handlers.has(member),
    // QEMU does not wait for the answer to pixels in a message, and a viewer does wait for the pixels.
    isAnsweredLast: (member) => bringsPixels.has(member),
    handle: (member, message, fds) => handlers.get(member)?.(calls, message, fds),
  },
  () => post('ready'),
);
post({ closed });
