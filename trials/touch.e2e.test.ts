// Fingers on the desktop: what they do in a guest that knows a mouse alone, and with its window. The guest's
// terminal reports what its mouse does, by the codes of xterm's SGR mode, and the shell passes them on.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CDPSession, Page } from 'playwright-core';
import { drawn, TestBrowser } from './harness/browser.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';
const surface = 'rescue-desktop.0';

let rayos: TestRayos;
let browser: TestBrowser;
let page: Page;
let hand: CDPSession;

before(
  async () => {
    rayos = await TestRayos.start();
    await rayos.run('guest.create', { name: guest });
    await rayos.run('guest.present', { guest });
    browser = await TestBrowser.start({ width: 1280, height: 800 }, { touch: true });
    page = await browser.open(await rayos.address());
    await drawn(page, surface);
    hand = await page.context().newCDPSession(page);
    const report = "printf '\\033[?1002h\\033[?1006h'; stty raw -echo; echo watching > /dev/ttyS0";
    await rayos.run('input.type', { text: `${report}; cat > /dev/ttyS0`, guest });
    await rayos.run('input.press', { keys: 'enter', guest });
    await rayos.serialSays(guest, 'watching');
  },
  { timeout: 180_000 },
);

after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await rayos?.[Symbol.asyncDispose]();
});

type Point = { readonly x: number; readonly y: number };

/** Puts fingers down, moves them, or lifts all (none). */
function touch(type: 'touchStart' | 'touchMove' | 'touchEnd', ...fingers: Point[]) {
  const touchPoints = fingers.map((point, id) => ({ ...point, id }));
  return hand.send('Input.dispatchTouchEvent', { type, touchPoints });
}

/** A place of the terminal, which is in the middle of the guest's screen. */
async function inTerminal(): Promise<Point> {
  const box = await page.locator(`[data-surface="${surface}"]`).boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Waits until the guest has seen `what` since `from`: a code, `;` its place, `M` down or `m` up. */
async function reports(what: RegExp, from: number): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  for (;;) {
    const said = (await rayos.serial(guest)).slice(from);
    if (what.test(said)) return;
    if (signal.aborted) throw new Error(`the guest saw ${JSON.stringify(said)}, not ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const length = async () => (await rayos.serial(guest)).length;

test('a tap is a click', { timeout: 60_000 }, async () => {
  const from = await length();
  await touch('touchStart', await inTerminal());
  await touch('touchEnd');
  await reports(/\[<0;\d+;\d+M.*\[<0;\d+;\d+m/s, from);
});

test('a long press is a click of the right button', { timeout: 60_000 }, async () => {
  const from = await length();
  await touch('touchStart', await inTerminal());
  await reports(/\[<2;\d+;\d+M.*\[<2;\d+;\d+m/s, from);
  await touch('touchEnd');
});

test('a finger that moves drags', { timeout: 60_000 }, async () => {
  const from = await length();
  const { x, y } = await inTerminal();
  await touch('touchStart', { x, y });
  for (const far of [20, 40, 60]) await touch('touchMove', { x: x + far, y });
  await reports(/\[<0;\d+;\d+M.*\[<32;\d+;\d+M/s, from);
  await touch('touchEnd');
  await reports(/\[<0;\d+;\d+m/, from);
});

test('two fingers turn the wheel, and what is under them follows them', {
  timeout: 60_000,
}, async () => {
  const { x, y } = await inTerminal();
  for (const [down, code] of [
    [1, 64],
    [-1, 65],
  ] as const) {
    const from = await length();
    const fingers = (moved: number) => [
      { x, y: y + down * moved },
      { x: x + 80, y: y + down * moved },
    ];
    await touch('touchStart', ...fingers(0));
    for (const moved of [30, 60, 90, 120]) await touch('touchMove', ...fingers(moved));
    await touch('touchEnd');
    await reports(new RegExp(`\\[<${code};\\d+;\\d+M`), from);
    assert.doesNotMatch((await rayos.serial(guest)).slice(from), /\[<[02];/, 'and nothing else');
  }
});

test('a window is moved by its title bar', { timeout: 60_000 }, async () => {
  const shown = page.locator(`[data-window="${surface}"]`);
  const was = await shown.boundingBox();
  assert.ok(was);
  const from = { x: was.x + was.width / 2, y: was.y + 20 };
  await touch('touchStart', from);
  for (const far of [20, 40, 60]) await touch('touchMove', { x: from.x - far, y: from.y });
  await touch('touchEnd');
  await page.waitForFunction(
    ([id, x]) => document.querySelector(`[data-window="${id}"]`)?.getBoundingClientRect().x === x,
    [surface, was.x - 60] as const,
  );
});
