// QEMU writes its own log, and a QEMU in a guest's hands could write without end: what grows beyond its
// bound is cut. (The file is opened for appending, so that QEMU goes on at the new end.)

import { openSync, rmSync, statSync, truncateSync } from 'node:fs';

const lookEveryMs = 5000;
export const maxLogBytes = 4 * 1024 * 1024;

/** A fresh log file for appending: its descriptor. */
export function openFreshLog(file: string): number {
  rmSync(file, { force: true });
  return openSync(file, 'a', 0o600);
}

/** Empties the file whenever it is found to be larger than its bound, until disposed of. */
export function boundLog(file: string, everyMs = lookEveryMs): Disposable {
  const look = () => {
    try {
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > maxLogBytes) truncateSync(file, 0);
    } catch {
      // It went meanwhile, or its disk does not answer: looked at again.
    }
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
