// What a person hears, touches, types and copies, end to end: headless Chromium, framer, QEMU, and the Linux
// desktop with its own sound system, compositor and clipboard.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { drawn, TestBrowser } from './harness/browser.ts';
import { inGuest } from './harness/guest-shell.ts';
import { pitchOf } from './harness/pitch.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'linux-desktop';
const surface = 'linux-desktop.0';
const patience = { timeout: 120_000 };

let rayos: TestRayos;
let browser: TestBrowser;
let page: Page;

before(async () => {
  rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.present', { guest });
  browser = await TestBrowser.start();
  const address = await rayos.address();
  page = await browser.open(address);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'], {
    origin: new URL(address).origin,
  });
  await drawn(page, surface);
});

after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await rayos?.[Symbol.asyncDispose]();
});

const run = (line: string) => inGuest(rayos, guest, line);
const host = () => page.locator(`[data-surface="${surface}"]`);
const enter = () =>
  host()
    .locator('canvas')
    .click({ position: { x: 300, y: 400 } });

/** The first tone that the window plays and that is as it should be. */
async function hears(isRight: (hertz: number) => boolean, signal: AbortSignal): Promise<number> {
  let last: number | undefined;
  while (!signal.aborted) {
    const heard = await page.evaluate((id) => globalThis.rayos.sound(id), surface);
    last = heard && pitchOf(heard.samples, heard.rate);
    if (last !== undefined && isRight(last)) return last;
    await page.waitForTimeout(200);
  }
  throw new Error(`the right tone was not heard; the last one had ${last} Hz`);
}

const sound = (state: string) => page.locator(`[data-sound="${state}"]`).waitFor();

test(
  'a tone that the guest plays is heard in its window; silence, mute and a saved guest',
  patience,
  async (t) => {
    const { devices, sound: hasSound } = await rayos.run('guest.show', { guest });
    assert.ok(hasSound && devices.includes('sound card (out)'));
    await sound('waiting');
    await enter();
    await sound('silent');
    await run('(speaker-test -D default -c 2 -t sine -f 440 -l 0 >/dev/null 2>&1 &) ; sleep 1');
    await sound('playing');
    const near = (wanted: number) => (hertz: number) => Math.abs(hertz - wanted) <= 3;
    await hears(near(440), t.signal);

    // Sound off and on by its key, on the window's title bar.
    await page.locator(`[data-window-bar="${surface}"]`).press('s');
    await sound('muted');
    assert.equal(await page.evaluate((id) => globalThis.rayos.sound(id), surface), undefined);
    await page.locator(`[data-window-bar="${surface}"]`).press('s');
    await hears(near(440), t.signal);

    // It sounds on where it was after it has been saved to disk.
    await rayos.run('guest.suspend', { guest });
    await rayos.run('guest.present', { guest });
    await hears(near(440), t.signal);
    await run('killall speaker-test');
    await sound('silent');
  },
);
