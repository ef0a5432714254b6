import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DisplayState } from '../lines.ts';
import type { Screens } from './machine.ts';
import { supervise } from './supervise.ts';

const screen: Screens = { outputs: ['eDP-1'], hasCard: true, hasGpu: true };
const noScreen: Screens = { outputs: [], hasCard: true, hasGpu: true };

type World = {
  readonly screens: () => Screens;
  /** What each life of the browser does: its reason, and whether it had drawn. Then the test is over. */
  readonly lives: readonly { readonly reason: string; readonly isShown: boolean }[];
  readonly isSafeMode?: boolean;
  /** Called when the console has been given the screen. */
  readonly atConsole?: (show: () => void) => void;
};

/** Runs a display to the end of its lives; gives what was told and how each life began. */
async function run(world: World) {
  const told: string[] = [];
  const renderers: string[] = [];
  const stop = new AbortController();
  let onScreen = false;
  let life = 0;
  let now = 0;
  await supervise({
    screens: world.screens,
    ready: () => Promise.resolve(),
    show: async ({ isSoftware, output }, shown) => {
      const next = world.lives[life++];
      if (next === undefined) {
        stop.abort();
        return 'stopped';
      }
      renderers.push(`${isSoftware ? 'processor' : 'GPU'} ${output}`);
      if (next.isShown) shown();
      return next.reason;
    },
    tell: (state: DisplayState) =>
      told.push(
        state.state === 'shown' ? `shown ${state.output}` : `${state.state} ${state.reason}`,
      ),
    isOnScreen: () => onScreen,
    switchTo: async (which) => {
      onScreen = which === 'display';
      if (which === 'console')
        world.atConsole?.(() => {
          onScreen = true;
        });
    },
    isSafeMode: world.isSafeMode ?? false,
    // Between two failures an hour: patience does not run out unless the test wants it.
    now: () => {
      if (!world.atConsole) now += 3_600_000;
      return now;
    },
    wait: () => Promise.resolve(),
    signal: stop.signal,
  });
  return { told, renderers };
}

test('what was shown and is lost is started again; by the processor when the GPU never drew', async () => {
  const lives = [
    { reason: 'page-crashed', isShown: true },
    { reason: 'page-does-not-draw', isShown: false },
    { reason: 'page-crashed', isShown: true },
  ];
  const { told, renderers } = await run({ screens: () => screen, lives });
  assert.deepEqual(told, [
    'shown eDP-1',
    'lost page-crashed',
    'lost page-does-not-draw',
    'shown eDP-1',
    'lost page-crashed',
  ]);
  assert.deepEqual(renderers, ['GPU eDP-1', 'GPU eDP-1', 'processor eDP-1']);
});

test('in safe mode the GPU is left alone', async () => {
  const lives = [{ reason: 'x', isShown: true }];
  const { renderers } = await run({ screens: () => screen, lives, isSafeMode: true });
  assert.deepEqual(renderers, ['processor eDP-1']);
});

test('a display that keeps failing gives way to the console, until the person asks for it again', async () => {
  const lives = Array.from({ length: 6 }, () => ({ reason: 'compositor-ended-1', isShown: false }));
  let asked = 0;
  const { told } = await run({
    screens: () => screen,
    lives,
    atConsole: (show) => {
      asked++;
      show();
    },
  });
  assert.equal(asked, 1);
  assert.deepEqual(told.slice(0, 6), [
    ...Array.from({ length: 5 }, () => 'lost compositor-ended-1'),
    'console compositor-ended-1',
  ]);
});

test('without a screen the console is said, and the desktop comes with the screen', async () => {
  let looked = 0;
  const screens = () => (looked++ < 4 ? noScreen : screen);
  const { told } = await run({ screens, lives: [{ reason: 'x', isShown: true }] });
  assert.deepEqual(told, ['console no-screen', 'shown eDP-1', 'lost x']);
});
