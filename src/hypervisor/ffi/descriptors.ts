// Descriptors by number. All that are made here are closed on exec: one that leaked could hand one
// guest's screen to another guest's QEMU.

import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { calls, check, retried } from './libc.ts';

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_SNDBUFFORCE = 32;
const SHUT_RDWR = 2;
const FD_CLOEXEC = 1;
const sunPathBytes = 108;
const listenBacklog = 4;

/** Two connected stream sockets, both blocking and closed on exec. */
export function socketPair(): [number, number] {
  const pair = [-1, -1];
  check('socketpair', calls.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
  return [pair[0] ?? -1, pair[1] ?? -1];
}

/** A non-blocking socket connected to `path`. Throws SystemCallError: ENOENT, ECONNREFUSED, EAGAIN … */
export function connectUnix(path: string): number {
  const address = socketAddress(path);
  return newSocket((fd) => {
    check(
      'connect',
      retried(() => calls.connect(fd, address, address.length)),
    );
  });
}

/**
 * A socket that listens at `path`, for this process's user alone; whatever was there is replaced.
 * Throws SystemCallError, RangeError for a path that is too long.
 */
export function listenUnix(path: string): number {
  const address = socketAddress(path);
  rmSync(path, { force: true });
  return newSocket((fd) => {
    check('bind', calls.bind(fd, address, address.length));
    chmodSync(path, 0o600);
    check('listen', calls.listen(fd, listenBacklog));
  });
}

function newSocket(prepare: (fd: number) => void): number {
  const fd = check('socket', calls.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  try {
    prepare(fd);
    return fd;
  } catch (thrown) {
    closeDescriptor(fd);
    throw thrown;
  }
}

/** struct sockaddr_un. */
function socketAddress(path: string): Buffer {
  const name = Buffer.from(path);
  if (name.length >= sunPathBytes || name.includes(0))
    throw new RangeError(`a socket's path has at most ${sunPathBytes - 1} bytes: ${path}`);
  const address = Buffer.alloc(2 + name.length + 1);
  address.writeUInt16LE(AF_UNIX, 0);
  name.copy(address, 2);
  return address;
}

/** Closes one descriptor. Never repeated after EINTR: Linux has then closed it already. */
export function closeDescriptor(fd: number): void {
  calls.close(fd);
}

/** Ends both directions; a thread that is blocked in recvmsg on it wakes with end of file. */
export function shutdownSocket(fd: number): void {
  calls.shutdown(fd, SHUT_RDWR);
}

/**
 * How much may be under way from this end before its writer waits: all of it for root, as much as
 * net.core.wmem_max allows for others.
 */
export function setSendBuffer(fd: number, bytes: number): void {
  const value = Buffer.alloc(4);
  value.writeInt32LE(bytes, 0);
  if (calls.setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, value, value.length) === 0) return;
  check('setsockopt', calls.setsockopt(fd, SOL_SOCKET, SO_SNDBUF, value, value.length));
}

export function setCloseOnExec(fd: number): void {
  check('fcntl', calls.setDescriptorFlags(fd, FD_CLOEXEC));
}

/**
 * Marks every descriptor from 3 on as closed on exec: also those that this process was born with, and
 * those of libraries. What a child is to have is given to it by name (`stdio` of spawn).
 */
export function closeAllOnExec(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    // One of them was the folder's own, and is closed by now: that it fails does not matter.
    if (Number(name) > 2) calls.setDescriptorFlags(Number(name), FD_CLOEXEC);
  }
}
