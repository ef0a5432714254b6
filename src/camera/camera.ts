// Pictures of the desktop as a browser shows it. The browser runs in a process of its own, for one
// picture, so that rayosd neither loads it nor waits for it.

import { fork } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type Picture, RayError } from '../contracts/index.ts';
import { own, within } from '../foundation/index.ts';
import type { Answer, Order } from './shutter.ts';

const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const timeoutMs = 60_000;

/** The browser on this machine, RAYOS_BROWSER first. Throws BROWSER_MISSING. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string {
  const found = [env.RAYOS_BROWSER ?? '', ...browsers].find(
    (path) => path !== '' && isExecutable(path),
  );
  if (found === undefined)
    throw new RayError(
      'BROWSER_MISSING',
      'there is no Chromium on this machine to take the picture with',
    );
  return found;
}

/** Takes a picture of the desktop at `address` (a one-time login in it). Throws TIMED_OUT, BROWSER_MISSING. */
export async function photographDesktop(
  order: Omit<Order, 'browser'>,
  signal: AbortSignal,
): Promise<Picture> {
  const browser = findBrowser();
  await using child = own(
    fork(join(import.meta.dirname, 'shutter.ts'), {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    }),
  );
  const answer = new Promise<Answer>((resolve) => {
    child.process.once('message', (message) => resolve(message as Answer));
    // Not at its exit: a picture may then still be on its way to us.
    child.process.once('disconnect', () =>
      resolve({ failed: 'the browser ended before the picture was taken' }),
    );
  });
  child.process.send({ ...order, browser } satisfies Order);
  const taken = await within(
    answer,
    timeoutMs,
    () => new RayError('TIMED_OUT', `the desktop was not on screen within ${timeoutMs / 1000} s`),
    signal,
  );
  if ('failed' in taken)
    throw new RayError('TIMED_OUT', `no picture could be taken: ${taken.failed}`);
  return { width: order.width, height: order.height, mediaType: 'image/png', data: taken.png };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
