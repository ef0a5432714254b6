// Keeps the desktop on the machine's own screen: waits for a screen, shows, starts again what fails, and gives
// way to the text console when it keeps failing. The person gets another try by going back to the display's
// terminal.

import type { DisplayState } from '../lines.ts';
import type { Screens } from './machine.ts';
import { Patience } from './patience.ts';

export type Surroundings = {
  readonly screens: () => Screens;
  /** Resolves when there is a RayOS to show; until then the console tells more than an empty screen. */
  readonly ready: () => Promise<void>;
  /** Shows until it fails; gives the reason. */
  readonly show: (
    how: { readonly isSoftware: boolean; readonly output: string },
    shown: () => void,
  ) => Promise<string>;
  readonly tell: (state: DisplayState) => void;
  /** Whether the display's terminal is the one on the screen. */
  readonly isOnScreen: () => boolean;
  readonly switchTo: (which: 'display' | 'console') => Promise<void>;
  readonly isSafeMode: boolean;
  readonly now: () => number;
  /** Waits, or less when the signal is aborted; never rejects. */
  readonly wait: (ms: number) => Promise<void>;
  readonly signal: AbortSignal;
};

/** How often screens and terminals are looked at. */
const pollMs = 1000;

/** Runs until the signal is aborted. */
export async function supervise(around: Surroundings): Promise<void> {
  const { signal, tell } = around;
  const patience = new Patience();
  /** A GPU that has failed once is left alone until the next boot. */
  let isSoftware = around.isSafeMode;
  let isFirst = true;
  while (!signal.aborted) {
    const { outputs, hasGpu } = await screenIsThere(around);
    if (isFirst) {
      await around.ready();
      await around.switchTo('display');
    }
    // The seat is the terminal that is on the screen: a console that somebody reads is not taken away.
    else await until(around, around.isOnScreen);
    isFirst = false;
    if (signal.aborted) return;
    const how = { isSoftware: isSoftware || !hasGpu, output: outputs.join(',') };
    let wasShown = false;
    const reason = await around.show(how, () => {
      wasShown = true;
      tell({ state: 'shown', output: how.output });
    });
    if (signal.aborted) return;
    if (!wasShown && !how.isSoftware) isSoftware = true;
    if (around.screens().outputs.length === 0) continue;
    tell({ state: 'lost', reason });
    const next = patience.failed(around.now());
    if (next !== 'give-up') {
      await around.wait(next.waitMs);
      continue;
    }
    await giveWay(around, reason);
    await until(around, () => around.isOnScreen());
    patience.reset();
  }
}

/** Waits until a screen is connected; until then the console is what is shown. */
async function screenIsThere(around: Surroundings): Promise<Screens> {
  const now = around.screens();
  if (now.outputs.length > 0) return now;
  await giveWay(around, now.hasCard ? 'no-screen' : 'no-graphics-card');
  await until(around, () => around.screens().outputs.length > 0);
  return around.screens();
}

async function giveWay(
  { tell, isOnScreen, switchTo }: Surroundings,
  reason: string,
): Promise<void> {
  if (isOnScreen()) await switchTo('console');
  tell({ state: 'console', reason });
}

async function until({ wait, signal }: Surroundings, isSo: () => boolean): Promise<void> {
  while (!signal.aborted && !isSo()) await wait(pollMs);
}
