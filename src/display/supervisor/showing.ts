// One life of compositor and browser: started, signed in, drawn, and asked every few seconds whether it still
// answers, until it does not. Whatever ends it, all of its processes end with it.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { sleep } from '../../foundation/clock.ts';
import { compositorArguments, compositorEnvironment, type Showing } from './command-line.ts';
import { browserGone, Orders } from './orders.ts';
import { Page } from './page.ts';

export type Limits = {
  /** From its start to its first picture. */
  readonly firstPictureMs: number;
  /** To each answer of the browser. */
  readonly answerMs: number;
  /** Between two looks at a page that is shown, and at one that is not yet. */
  readonly beatMs: number;
  readonly lookMs: number;
  /** Between two logins. */
  readonly loginPauseMs: number;
};

/** In software emulation a browser takes half a minute to its first picture. */
const usual: Limits = {
  firstPictureMs: 180_000,
  answerMs: 45_000,
  beatMs: 5000,
  lookMs: 500,
  loginPauseMs: 10_000,
};

export type Life = {
  readonly showing: Omit<Showing, 'profile' | 'address'>;
  readonly runtimeDir: string;
  readonly login: (signal: AbortSignal) => Promise<string>;
  /** The desktop has been drawn. */
  readonly shown: () => void;
  /** Whether the display's terminal is the one on the screen: elsewhere nothing is drawn. */
  readonly isOnScreen: () => boolean;
  readonly signal: AbortSignal;
  readonly limits?: Limits;
};

/** Shows the desktop until it fails; gives the reason as one word of a marker. */
export async function showDesktop(life: Life): Promise<string> {
  const { signal, runtimeDir } = life;
  let login: string;
  try {
    login = await life.login(signal);
  } catch (thrown) {
    return reasonOf(thrown, signal);
  }
  const profile = mkdtempSync(join(runtimeDir, 'profile-'));
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const address = login.slice(0, login.indexOf('#'));
  const child = start({ ...life.showing, address, profile });
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, by) => resolve(`compositor-ended-${by ?? code}`));
    child.once('error', () => resolve('compositor-missing'));
  });
  try {
    const crashed = Promise.withResolvers<string>();
    const watched = watch(child, login, life, until, () => crashed.resolve('page-crashed'));
    const reason = await Promise.race([ended, crashed.promise, watched]);
    if (reason !== word(browserGone)) return reason;
    // Its pipe is closed a moment before its end is known, which says more.
    return await Promise.race([ended, sleep(2000).then(() => reason)]);
  } finally {
    over.abort(new Error('this display is over'));
    await endAll(child, ended);
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function start(showing: Showing): ChildProcess {
  return spawn(showing.compositor, compositorArguments(showing), {
    env: compositorEnvironment(showing, process.env),
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'],
    // A process group of its own: a browser that hangs does not end with its compositor.
    detached: true,
  });
}

async function watch(
  child: ChildProcess,
  firstLogin: string,
  life: Life,
  signal: AbortSignal,
  crashed: () => void,
): Promise<string> {
  const { answerMs, beatMs, firstPictureMs, lookMs, loginPauseMs } = life.limits ?? usual;
  const orders = new Orders(child.stdio[3] as Writable, child.stdio[4] as Readable);
  orders.onCrash(crashed);
  try {
    const page = await pageOf(orders, life.limits ?? usual, signal);
    await page.signIn(firstLogin, answerMs);
    let lastLogin = performance.now();
    let lastOff = performance.now();
    let isShown = false;
    for (;;) {
      const { link, isVisible } = await page.look(answerMs);
      const now = performance.now();
      if (link === 'out' && now - lastLogin > loginPauseMs) {
        await page.signIn(await life.login(signal), answerMs);
        lastLogin = now;
      }
      // Nothing is drawn for another terminal, and nothing comes from a rayosd that is away.
      if (!life.isOnScreen() || link === 'lost') lastOff = now;
      else if (!isShown && link === 'live' && isVisible) {
        await page.drawn(answerMs);
        isShown = life.isOnScreen();
        if (isShown) life.shown();
      } else if (!isShown && now - lastOff > firstPictureMs) return 'page-does-not-draw';
      await sleep(isShown ? beatMs : lookMs, signal);
    }
  } catch (thrown) {
    return reasonOf(thrown, signal);
  }
}

async function pageOf(
  orders: Orders,
  { firstPictureMs, lookMs }: Limits,
  signal: AbortSignal,
): Promise<Page> {
  for (const from = performance.now(); performance.now() - from < firstPictureMs; ) {
    const page = await Page.find(orders, firstPictureMs);
    if (page !== undefined) return page;
    await sleep(lookMs, signal);
  }
  throw new Error('the browser opens no page');
}

/** Asks the group to end, then ends it. */
async function endAll(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  kill(-pid, 'SIGTERM');
  await Promise.race([ended, sleep(3000)]);
  kill(-pid, 'SIGKILL');
  await ended;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

function reasonOf(thrown: unknown, signal: AbortSignal): string {
  return signal.aborted ? 'stopped' : word(thrown);
}

function word(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.slice(0, 80).replaceAll(/[^A-Za-z0-9]+/g, '-') || 'unknown';
}
