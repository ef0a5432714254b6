// A person's window in a real browser: the guest's resolution follows it, sharp; a second person looks on,
// takes the keyboard over, and is gone when signed out.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { drawn, surfaces, TestBrowser, typeByHand } from './harness/browser.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';
const surface = 'rescue-desktop.0';

let rayos: TestRayos;
let ada: TestBrowser;
let bob: TestBrowser;
let page: Page;
let second: Page;

before(async () => {
  rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.present', { guest });
  ada = await TestBrowser.start();
  page = await ada.open(await rayos.address());
  await drawn(page, surface);
});

after(async () => {
  await ada?.[Symbol.asyncDispose]();
  await bob?.[Symbol.asyncDispose]();
  await rayos?.[Symbol.asyncDispose]();
});

const canvas = (of: Page) => of.locator(`[data-surface="${surface}"] canvas`);

test("the guest's resolution follows its window, pixel by pixel", {
  timeout: 150_000,
}, async () => {
  const from = rayos.markers.length;
  // A smaller page has no room for the window as it was.
  await page.setViewportSize({ width: 1000, height: 720 });
  await rayos.marker('GUEST:DISPLAY_FOLLOWED', { after: from });
  await page.waitForFunction((id) => {
    const state = globalThis.rayos.surfaces().find((each) => each.surface === id);
    const host = document.querySelector(`[data-surface="${id}"]`);
    if (state === undefined || host === null) return false;
    const { width, height } = host.getBoundingClientRect();
    return state.width === (Math.floor(width) & ~1) && state.height === Math.floor(height);
  }, surface);
  assert.match((await canvas(page).getAttribute('class')) ?? '', /sharp/);
  const [state] = await surfaces(page);
  assert.ok(state && state.width <= 1000, `${state?.width}`);
});

test('two persons: one types, the other looks on, takes over, and signs out', {
  timeout: 150_000,
}, async () => {
  await canvas(page).click({ position: { x: 300, y: 200 } });
  await typeByHand(page, 'echo first > /dev/ttyS0\n');
  await rayos.serialSays(guest, 'first');
  bob = await TestBrowser.start();
  second = await bob.open(await rayos.address());
  await drawn(second, surface);
  const takeOver = second.getByRole('button', { name: 'Take over' });
  await takeOver.waitFor();
  assert.match(
    (await takeOver.locator('..').textContent()) ?? '',
    /^someone on .* has the keyboard/,
  );
  await takeOver.click();
  await page.getByRole('button', { name: 'Take over' }).waitFor();
  await canvas(second).click({ position: { x: 300, y: 200 } });
  await typeByHand(second, 'echo second > /dev/ttyS0\n');
  await rayos.serialSays(guest, 'second');
  const from = rayos.markers.length;
  await second.evaluate(() => fetch('/api/session', { method: 'DELETE' }));
  await rayos.marker('PRESENTATION:VIEWER_LEFT', { after: from });
  // The keyboard is free again: typing takes it.
  await canvas(page).click({ position: { x: 300, y: 200 } });
  await typeByHand(page, 'echo third > /dev/ttyS0\n');
  await rayos.serialSays(guest, 'third');
});
