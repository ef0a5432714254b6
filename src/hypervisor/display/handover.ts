// How a display channel gets into a framer that runs already: as a descriptor (SCM_RIGHTS) over a socket
// that the framer was born with. Until then the framer has nothing of any guest.

import { protocolError } from '../dbus/signature.ts';
import { closeDescriptor, socketPair } from '../ffi/descriptors.ts';
import { Receiver } from '../ffi/receive.ts';
import { sendWithDescriptors } from '../ffi/send.ts';

/** rayosd's end; good for one channel. */
export class ChannelGiver implements Disposable {
  #ours: number;
  #theirs: number;

  constructor() {
    [this.#ours, this.#theirs] = socketPair();
  }

  /** The framer's end, to be among the descriptors that it is started with. */
  get theirs(): number {
    return this.#theirs;
  }

  /** The framer was started: its end is no longer needed here. */
  started(): void {
    if (this.#theirs >= 0) closeDescriptor(this.#theirs);
    this.#theirs = -1;
  }

  /**
   * Puts the channel, which is closed here in any case, into the socket. Does not wait for the framer,
   * which finds it there by `takeChannel`. Throws SystemCallError (EPIPE) when there is no framer any more.
   */
  give(channel: number): void {
    try {
      sendWithDescriptors(this.#ours, Uint8Array.of(0), [channel]);
    } finally {
      closeDescriptor(channel);
      this[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    this.started();
    if (this.#ours >= 0) closeDescriptor(this.#ours);
    this.#ours = -1;
  }
}

/**
 * The framer's side: the channel that was given to the socket `fd`, which is closed. To be called when
 * rayosd has said that it was given; blocks until then. Throws QEMU_PROTOCOL when there is none.
 */
export function takeChannel(fd: number): number {
  try {
    const [channel, ...more] = new Receiver(fd, 1).receive().fds;
    for (const stray of more) closeDescriptor(stray);
    if (channel === undefined) throw protocolError('no channel');
    return channel;
  } finally {
    closeDescriptor(fd);
  }
}
