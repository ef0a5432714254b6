// What a service tells the service manager that started it (sd_notify(3)): that it is ready, that it needs
// longer to stop. Said by systemd-notify, as Node has no datagram sockets of this kind; where nobody listens,
// nothing is said. The unit needs NotifyAccess=all, as the word comes from a child.

import { spawn } from 'node:child_process';

const program = '/usr/bin/systemd-notify';

/** Whether a service manager wants to hear of this process. */
export function isService(): boolean {
  return process.env.NOTIFY_SOCKET !== undefined;
}

/** Tells it, such as `READY=1`; resolves when it has been heard, or cannot be. Never throws. */
export function tellServiceManager(...words: readonly string[]): Promise<void> {
  const socket = process.env.NOTIFY_SOCKET;
  if (socket === undefined) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const child = spawn(program, words, {
    cwd: '/',
    env: { NOTIFY_SOCKET: socket },
    stdio: 'ignore',
    timeout: 30_000,
  });
  child.once('error', () => resolve());
  child.once('exit', () => resolve());
  return promise;
}

/**
 * As long as the returned scope lasts, and this process is alive enough for its timers, the service manager
 * waits `seconds` longer than TimeoutStopSec= says.
 */
export function stopsSlowly(seconds = 60): Disposable {
  const more = () => void tellServiceManager(`EXTEND_TIMEOUT_USEC=${seconds * 1_000_000}`);
  more();
  const timer = setInterval(more, (seconds * 1000) / 3);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
