// Sending: bytes, and descriptors with them (SCM_RIGHTS). Messages are small; receiving has its own file.

import { cmsghdr, iovec, msghdr } from './layout.ts';
import { calls, check, retried, SystemCallError } from './libc.ts';
import { NativeBuffer } from './native.ts';

const MSG_NOSIGNAL = 0x4000;
const MSG_DONTWAIT = 0x40;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const maxBytes = 64 * 1024;
const maxDescriptors = 16;

const payload = new NativeBuffer(maxBytes);
const vector = new NativeBuffer(iovec.size);
const control = new NativeBuffer(cmsghdr.size + 4 * maxDescriptors + 8);
const header = new NativeBuffer(msghdr.size);

/**
 * Sends `bytes` with `fds` attached to the first of them, without waiting. Returns how many bytes the
 * kernel took: when it is at least one, the descriptors are on their way; 0 when there is no room.
 */
export function sendWithDescriptors(fd: number, bytes: Uint8Array, fds: readonly number[]): number {
  if (bytes.length === 0 || bytes.length > maxBytes) throw new RangeError('1 to 65536 bytes');
  if (fds.length > maxDescriptors) throw new RangeError(`at most ${maxDescriptors} descriptors`);
  payload.bytes.set(bytes);
  vector.view.setBigUint64(iovec.base, payload.address, true);
  vector.view.setBigUint64(iovec.length, BigInt(bytes.length), true);
  header.bytes.fill(0);
  header.view.setBigUint64(msghdr.vector, vector.address, true);
  header.view.setBigUint64(msghdr.vectorLength, 1n, true);
  if (fds.length > 0) attach(fds);
  try {
    return check(
      'sendmsg',
      retried(() => calls.sendmsg(fd, header.bytes, MSG_NOSIGNAL | MSG_DONTWAIT)),
    );
  } catch (thrown) {
    if (thrown instanceof SystemCallError && thrown.code === 'EAGAIN') return 0;
    throw thrown;
  }
}

function attach(fds: readonly number[]): void {
  const length = cmsghdr.size + 4 * fds.length;
  control.view.setBigUint64(cmsghdr.length, BigInt(length), true);
  control.view.setInt32(cmsghdr.level, SOL_SOCKET, true);
  control.view.setInt32(cmsghdr.type, SCM_RIGHTS, true);
  fds.forEach((fd, i) => {
    control.view.setInt32(cmsghdr.size + 4 * i, fd, true);
  });
  header.view.setBigUint64(msghdr.control, control.address, true);
  header.view.setBigUint64(msghdr.controlLength, BigInt((length + 7) & ~7), true);
}

/** Sends all of `bytes`, blocking this thread while the other side is slow to read. */
export function sendBlocking(fd: number, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) {
    const rest = bytes.subarray(sent);
    sent += check(
      'send',
      retried(() => calls.send(fd, rest, rest.length, MSG_NOSIGNAL)),
    );
  }
}
