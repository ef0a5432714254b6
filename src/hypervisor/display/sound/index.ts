// A guest's sound as the framer's main thread has it. QEMU authenticates in its main loop, as for a screen: the
// thread has answered all of that before QEMU hears of the socket.

import { sleep } from '../../../foundation/clock.ts';
import { closeDescriptor, socketPair } from '../../ffi/descriptors.ts';
import type { DisplayConnection } from '../connection.ts';
import { ListenerThread } from '../listener/thread-handle.ts';
import { createRing, RingReader, type Sound } from './ring.ts';

export type { Sound } from './ring.ts';

export type SoundListener = AsyncDisposable & {
  /** What the guest has played since, with rate 0 while it has no voice. Never blocks. */
  take(): Sound;
  /** Resolves with the reason, in words, when nothing will come any more. Never rejects. */
  readonly closed: Promise<string>;
};

type Registrar = Pick<DisplayConnection, 'registerOutListener'>;

/** QEMU notices a moment later that the listener before has gone, and takes one at a time. */
const tries = 10;
const tryEveryMs = 100;

/**
 * Listens to what the guest plays; `onChange` runs when there is something to take, at most once until the next
 * `take()`. Throws QEMU_PROTOCOL where the guest has no sound card.
 */
export async function listenToSound(
  connection: Registrar,
  onChange: () => void,
): Promise<SoundListener> {
  for (let left = tries; ; left--) {
    try {
      return await listenOnce(connection, onChange);
    } catch (thrown) {
      if (left <= 1) throw thrown;
      await sleep(tryEveryMs);
    }
  }
}

async function listenOnce(connection: Registrar, onChange: () => void): Promise<SoundListener> {
  const [ours, theirs] = socketPair();
  await using stack = new AsyncDisposableStack();
  stack.defer(() => closeDescriptor(theirs));
  const ring = createRing();
  const reader = new RingReader(ring);
  const program = new URL('./thread.ts', import.meta.url);
  const thread = stack.use(new ListenerThread(program, ours, ring, onChange));
  await thread.ready;
  await connection.registerOutListener(theirs);
  stack.move();
  closeDescriptor(theirs);
  return {
    take: () => reader.take(),
    closed: thread.closed,
    [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose](),
  };
}
