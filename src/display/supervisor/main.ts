// The supervisor of the machine's own display: a process of the user rayos-display, started by
// rayos-display.service on a virtual terminal of its own.

import { spawn } from 'node:child_process';
import { sleep } from '../../foundation/clock.ts';
import { kernelWords } from '../../host/kernel.ts';
import { findKioskBrowser } from './command-line.ts';
import { DoorClient } from './door-client.ts';
import { activeTerminal, findScreens } from './machine.ts';
import { showDesktop } from './showing.ts';
import { supervise } from './supervise.ts';

const displayTerminal = 7;
const consoleTerminal = 1;

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort(new Error('stopping')));
// Typed on its terminal while the browser is away.
for (const typed of ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const) process.on(typed, () => {});

const { RAYOS_DISPLAY_DOOR: doorPath, XDG_RUNTIME_DIR: runtimeDir } = process.env;
if (doorPath === undefined || runtimeDir === undefined)
  throw new Error('RAYOS_DISPLAY_DOOR and XDG_RUNTIME_DIR have to be set');
const { signal } = stopping;
const door = new DoorClient(doorPath);
const isOnScreen = () => activeTerminal() === `tty${displayTerminal}`;
const staying = door.stay(signal);

/** By chvt: its controlling terminal gives it the right. It waits until the switch has happened. */
async function switchTo(terminal: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const child = spawn('chvt', [String(terminal)], { stdio: ['inherit', 'inherit', 'inherit'] });
  child.once('exit', () => resolve());
  child.once('error', () => resolve());
  await promise;
}

/** The first login shows that rayosd answers, and is the first that is used. */
let firstLogin: string | undefined;
const login = async (until: AbortSignal) => {
  const address = firstLogin ?? (await door.login(until));
  firstLogin = undefined;
  return address;
};

await supervise({
  screens: findScreens,
  ready: async () => {
    firstLogin = await door.login(signal).catch(() => undefined);
  },
  show: async ({ isSoftware }, shown) => {
    const browser = findKioskBrowser();
    if (browser === undefined) return 'browser-missing';
    return showDesktop({
      showing: { compositor: 'cage', browser, isSoftware },
      ...{ runtimeDir, login, shown, isOnScreen, signal },
    });
  },
  tell: (state) => door.tell(state),
  isOnScreen,
  switchTo: (which) => switchTo(which === 'display' ? displayTerminal : consoleTerminal),
  isSafeMode: kernelWords().includes('rayos.safe-mode'),
  now: () => performance.now(),
  wait: (ms) => sleep(ms, signal).catch(() => {}),
  signal,
});
await staying;
process.exit(0);
