// A reader that cannot be flooded: a stream that brings more than its budget waits until the next interval.

import type { Readable } from 'node:stream';

const intervalMs = 100;

/**
 * Lets `stream` bring about `bytesPerSecond` on average; beyond that it is paused, and whoever writes to it
 * has to wait. Its timer ends with the stream.
 */
export function limitRate(stream: Readable, bytesPerSecond: number): void {
  const budget = Math.max(1, (bytesPerSecond * intervalMs) / 1000);
  let used = 0;
  let since = performance.now();
  let resume: NodeJS.Timeout | undefined;
  stream.on('data', (chunk: Buffer | string) => {
    const now = performance.now();
    if (now - since >= intervalMs) {
      used = 0;
      since = now;
    }
    used += chunk.length;
    if (used < budget || resume !== undefined) return;
    stream.pause();
    resume = setTimeout(
      () => {
        resume = undefined;
        used = 0;
        since = performance.now();
        stream.resume();
      },
      intervalMs * Math.ceil(used / budget),
    );
  });
  stream.once('close', () => clearTimeout(resume));
}
