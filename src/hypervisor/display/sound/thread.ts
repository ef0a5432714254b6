// The thread of a guest's sound: QEMU's calls become PCM in a ring.

import { parentPort, workerData } from 'node:worker_threads';
import { serveListener, type ThreadMessage } from '../listener/serve.ts';
import { maxSoundBytes, SoundCalls, soundHandlers } from './calls.ts';
import { RingWriter, type SoundRing } from './ring.ts';

type ThreadData = { readonly fd: number; readonly board: SoundRing };

const { fd, board } = workerData as ThreadData;
const post = (message: ThreadMessage) => parentPort?.postMessage(message);
const calls = new SoundCalls(new RingWriter(board, () => post('look')));

const closed = serveListener(
  fd,
  {
    name: 'org.qemu.Display1.AudioOutListener',
    interfaces: [],
    receiveBytes: 64 * 1024,
    maxMessageBytes: maxSoundBytes + 1024,
    has: (member) => soundHandlers.has(member),
    handle: (member, message) => soundHandlers.get(member)?.(calls, message),
  },
  () => post('ready'),
);
post({ closed });
