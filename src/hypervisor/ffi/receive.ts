// Receiving bytes and the descriptors that came with them, blocking: for a thread that does nothing else.

import { cmsghdr, iovec, msghdr } from './layout.ts';
import { calls, check, retried } from './libc.ts';
import { NativeBuffer } from './native.ts';

const MSG_CMSG_CLOEXEC = 0x40000000;
const MSG_CTRUNC = 0x8;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
/** SCM_MAX_FD of the kernel: room for as many as one message can carry, so that none gets lost unseen. */
const maxDescriptors = 253;

export type Received = {
  /** Valid until the next receive; empty at the end of the stream. */
  readonly bytes: Uint8Array;
  /** Now ours to close. */
  readonly fds: readonly number[];
  /** The kernel had to drop some. */
  readonly isTruncated: boolean;
};

export class Receiver {
  readonly #fd: number;
  readonly #payload: NativeBuffer;
  readonly #vector = new NativeBuffer(iovec.size);
  readonly #control = new NativeBuffer(cmsghdr.size + 4 * maxDescriptors + 4);
  readonly #header = new NativeBuffer(msghdr.size);

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.#payload = new NativeBuffer(size);
    this.#vector.view.setBigUint64(iovec.base, this.#payload.address, true);
    this.#vector.view.setBigUint64(iovec.length, BigInt(size), true);
  }

  /** Waits for bytes. Throws SystemCallError, for example ECONNRESET. */
  receive(): Received {
    const { view } = this.#header;
    view.setBigUint64(msghdr.vector, this.#vector.address, true);
    view.setBigUint64(msghdr.vectorLength, 1n, true);
    view.setBigUint64(msghdr.control, this.#control.address, true);
    view.setBigUint64(msghdr.controlLength, BigInt(this.#control.bytes.length), true);
    view.setInt32(msghdr.flags, 0, true);
    const length = check(
      'recvmsg',
      retried(() => calls.recvmsg(this.#fd, this.#header.bytes, MSG_CMSG_CLOEXEC)),
    );
    return {
      bytes: this.#payload.bytes.subarray(0, length),
      fds: this.#descriptors(Number(view.getBigUint64(msghdr.controlLength, true))),
      isTruncated: (view.getInt32(msghdr.flags, true) & MSG_CTRUNC) !== 0,
    };
  }

  #descriptors(controlLength: number): number[] {
    const { view } = this.#control;
    const fds: number[] = [];
    for (let at = 0; at + cmsghdr.size <= controlLength; ) {
      const length = Number(view.getBigUint64(at + cmsghdr.length, true));
      if (length < cmsghdr.size) break;
      const end = Math.min(at + length, controlLength);
      const isRights =
        view.getInt32(at + cmsghdr.level, true) === SOL_SOCKET &&
        view.getInt32(at + cmsghdr.type, true) === SCM_RIGHTS;
      for (let i = at + cmsghdr.size; isRights && i + 4 <= end; i += 4)
        fds.push(view.getInt32(i, true));
      at += (length + 7) & ~7;
    }
    return fds;
  }
}
