// The few calls of libc that Node does not have, through koffi. Each is bound with the types of its
// manual page; koffi knows no ssize_t, so int64_t stands for it (LP64 only, which `checkLayout` proves).

import koffi from 'koffi';
import { checkLayout } from './layout.ts';

checkLayout();

const libc = koffi.load(null);

export const calls: {
  readonly socketpair: (domain: number, type: number, protocol: number, pair: number[]) => number;
  readonly socket: (domain: number, type: number, protocol: number) => number;
  readonly connect: (fd: number, address: Uint8Array, length: number) => number;
  readonly bind: (fd: number, address: Uint8Array, length: number) => number;
  readonly listen: (fd: number, backlog: number) => number;
  readonly pidfdOpen: (pid: number) => number;
  readonly pidfdSendSignal: (fd: number, signal: number) => number;
  readonly sendmsg: (fd: number, message: Uint8Array, flags: number) => number;
  readonly recvmsg: (fd: number, message: Uint8Array, flags: number) => number;
  readonly send: (fd: number, bytes: Uint8Array, length: number, flags: number) => number;
  readonly shutdown: (fd: number, how: number) => number;
  readonly close: (fd: number) => number;
  readonly setsockopt: (
    fd: number,
    level: number,
    name: number,
    value: Uint8Array,
    length: number,
  ) => number;
  readonly setDescriptorFlags: (fd: number, flags: number) => number;
} = {
  socketpair: libc.func('int socketpair(int domain, int type, int protocol, _Out_ int *pair)'),
  socket: libc.func('int socket(int domain, int type, int protocol)'),
  connect: libc.func('int connect(int fd, const uint8_t *address, uint32_t length)'),
  bind: libc.func('int bind(int fd, const uint8_t *address, uint32_t length)'),
  listen: libc.func('int listen(int fd, int backlog)'),
  pidfdOpen: bindPidfdOpen(),
  pidfdSendSignal: bindPidfdSendSignal(),
  sendmsg: libc.func('int64_t sendmsg(int fd, void *message, int flags)'),
  recvmsg: libc.func('int64_t recvmsg(int fd, void *message, int flags)'),
  send: libc.func('int64_t send(int fd, const uint8_t *bytes, size_t length, int flags)'),
  shutdown: libc.func('int shutdown(int fd, int how)'),
  close: libc.func('int close(int fd)'),
  setsockopt: libc.func(
    'int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)',
  ),
  setDescriptorFlags: bindSetDescriptorFlags(),
};

function bindSetDescriptorFlags(): (fd: number, flags: number) => number {
  const fcntl: (fd: number, command: number, type: string, flags: number) => number = libc.func(
    'int fcntl(int fd, int command, ...)',
  );
  const F_SETFD = 2;
  return (fd, flags) => fcntl(fd, F_SETFD, 'int', flags);
}

// By number, the same on every architecture: glibc has had wrappers only since 2.36.
const SYS_pidfd_send_signal = 424;
const SYS_pidfd_open = 434;

type Syscall = (number: number, ...typedArguments: (string | number | null)[]) => number;

function bindPidfdOpen(): (pid: number) => number {
  const syscall: Syscall = libc.func('long syscall(long number, ...)');
  return (pid) => syscall(SYS_pidfd_open, 'int', pid, 'unsigned int', 0);
}

function bindPidfdSendSignal(): (fd: number, signal: number) => number {
  const syscall: Syscall = libc.func('long syscall(long number, ...)');
  return (fd, signal) =>
    syscall(SYS_pidfd_send_signal, 'int', fd, 'int', signal, 'void *', null, 'unsigned int', 0);
}

/** A system call that said no. `errno` is the kernel's number, `code` its name, such as EPIPE. */
export class SystemCallError extends Error {
  override readonly name = 'SystemCallError';
  readonly errno: number;
  readonly code: string;

  constructor(call: string, errno: number) {
    const code = nameOf(errno);
    super(`${call}: ${code}`);
    this.errno = errno;
    this.code = code;
  }
}

/** The result of a call, or a SystemCallError. To be used at once: errno is the newest call's. */
export function check(call: string, result: number): number {
  if (result < 0) throw new SystemCallError(call, koffi.errno());
  return result;
}

/** Repeats a call that a signal interrupted. */
export function retried(call: () => number): number {
  for (;;) {
    const result = call();
    if (result >= 0 || koffi.errno() !== koffi.os.errno.EINTR) return result;
  }
}

function nameOf(errno: number): string {
  for (const [name, value] of Object.entries(koffi.os.errno)) if (value === errno) return name;
  return `error ${errno}`;
}
