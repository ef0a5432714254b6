// passt: carries a guest's network in a process of its own, without privileges, and without a way to this
// machine's loopback. It ends when QEMU closes its end of the connection. It opens its first sockets at once, and
// a socket keeps the rules of the control group that it was opened in: so its process waits until it is in its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { startAs } from '../foundation/index.ts';

export type PasstOptions = {
  /** Its end of the connection to QEMU. */
  readonly fd: number;
  readonly forwards: readonly { readonly host: number; readonly guest: number }[];
  readonly uid?: number;
  readonly gid?: number;
  /** Gets what it complains of. */
  readonly logFd: number;
};

/** A passt that has not begun; disposing of it ends one that is not to begin. */
export type Passt = Disposable & {
  readonly child: ChildProcess;
  /** Lets it open its sockets. */
  begin(): void;
};

/** Waits for a line, and becomes its arguments; ends in peace when none will come. */
const gate = 'read -r _ || exit 0; exec "$@" </dev/null';

/** Where it is installed; undefined when it is not. */
export function findPasst(
  folders: readonly string[] = ['/usr/bin', '/usr/local/bin'],
): string | undefined {
  for (const folder of folders) {
    const file = `${folder}/passt`;
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next one.
    }
  }
  return undefined;
}

/** Its arguments. Nothing listens but the forwards, and those on 127.0.0.1 alone. */
export function passtArguments(forwards: PasstOptions['forwards']): string[] {
  const tcp =
    forwards.length === 0
      ? ['none']
      : forwards.map(({ host, guest }) => `127.0.0.1/${host}:${guest}`);
  return [
    ...['--foreground', '--quiet', '--fd', '3', '--no-map-gw'],
    ...tcp.flatMap((spec) => ['--tcp-ports', spec]),
    ...['--udp-ports', 'none'],
  ];
}

/** Starts its process, which waits to begin; once it has begun it outlives us. */
export function startPasst(file: string, options: PasstOptions): Passt {
  const { fd, forwards, uid, gid, logFd } = options;
  const waiting = ['-c', gate, 'sh', file, ...passtArguments(forwards)];
  const start = startAs({ uid, gid }, '/bin/sh', waiting);
  const child = spawn(start.file, start.args, {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    detached: true,
    stdio: ['pipe', logFd, logFd, fd],
    ...start.ids,
  });
  child.unref();
  // One that has ended takes no line: its end is told by `child`.
  child.stdin?.on('error', () => undefined);
  return {
    child,
    begin: () => void child.stdin?.end('\n'),
    [Symbol.dispose]: () => void child.stdin?.end(),
  };
}
