// A unix socket that speaks in lines, for the tests that drive a real QEMU.

import net from 'node:net';
import { sleep } from '../../src/foundation/index.ts';

export type LineSocket = Disposable & {
  readonly send: (line: string) => void;
  /** The first line that matches and that no earlier call took. Rejects when the socket closes. */
  readonly next: (pattern: RegExp, signal: AbortSignal) => Promise<string>;
};

/** Connects as soon as somebody listens there. */
export async function connectLines(path: string, signal: AbortSignal): Promise<LineSocket> {
  for (;;) {
    const socket = net.connect(path);
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (isOpen) return lines(socket);
    socket.destroy();
    await sleep(20, signal);
  }
}

function lines(socket: net.Socket): LineSocket {
  const arrived: string[] = [];
  const wakers = new Set<() => void>();
  let rest = '';
  let isClosed = false;
  const wake = () => {
    for (const waker of wakers) waker();
  };
  socket.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    arrived.push(...parts.map((part) => part.trim()));
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  const take = (pattern: RegExp): string | undefined => {
    const index = arrived.findIndex((line) => pattern.test(line));
    return index === -1 ? undefined : arrived.splice(0, index + 1).at(-1);
  };
  const next = (pattern: RegExp, signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      const settle = (act: () => void) => {
        wakers.delete(look);
        signal.removeEventListener('abort', look);
        act();
      };
      const look = () => {
        const line = take(pattern);
        if (line !== undefined) settle(() => resolve(line));
        else if (isClosed) settle(() => reject(new Error(`closed before ${pattern}`)));
        else if (signal.aborted) settle(() => reject(new Error(`never came: ${pattern}`)));
      };
      wakers.add(look);
      signal.addEventListener('abort', look);
      look();
    });
  return {
    send: (line) => void socket.write(`${line}\n`),
    next,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
