// The desktop as people use it: windows by mouse and by keyboard alone, every page by its keys, and that
// all of it can be read and reached at every size, in both schemes. Real rayosd, guest and Chromium.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { until } from '../src/foundation/testing-until.ts';
import { drawn, TestBrowser } from './harness/browser.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';
const surface = 'rescue-desktop.0';
const desk = { width: 1440, height: 900 };
/** What windows may fill at that size: all but the dock. */
const area = { width: 1440, height: 820 };
const bar = 40;

let rayos: TestRayos;
let browser: TestBrowser;
let page: Page;

before(async () => {
  rayos = await TestRayos.start();
  browser = await TestBrowser.start(desk);
  page = await browser.open(await rayos.address());
});

after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await rayos?.[Symbol.asyncDispose]();
});

const windowOf = (id: string): Locator => page.locator(`[data-window="${id}"]`);
const titleOf = (id: string): Locator => page.locator(`[data-window-bar="${id}"]`);

type Box = { x: number; y: number; width: number; height: number };

/** Waits until the window stands exactly there. */
async function stands(id: string, shape: string, box?: Box): Promise<void> {
  await page.waitForFunction(
    ([id, shape, box]) => {
      const window = document.querySelector<HTMLElement>(`[data-window="${id}"]`);
      if (window?.dataset.shape !== shape) return false;
      const { x, y, width, height } = window.getBoundingClientRect();
      return !box || (x === box.x && y === box.y && width === box.width && height === box.height);
    },
    [id, shape, box] as const,
  );
}

async function boxOf(id: string): Promise<Box> {
  const box = await windowOf(id).boundingBox();
  assert.ok(box, `${id} is on the screen`);
  return box;
}

/** Gives RayOS the keyboard and puts the focus on the window's title. */
async function toTitle(id: string): Promise<void> {
  await titleOf(id).focus();
  await page.waitForFunction(
    (id) => (document.activeElement as HTMLElement | null)?.dataset.windowBar === id,
    id,
  );
}

type Point = { readonly x: number; readonly y: number };

/** Drags from where the pointer is pressed to each of the points, and lets go. */
async function drag(from: Point, ...to: Point[]) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (const { x, y } of to) await page.mouse.move(x, y, { steps: 4 });
  await page.mouse.up();
}

/** A point of the title bar that is no button. */
async function grip(id: string): Promise<{ x: number; y: number }> {
  const { x, y, width } = await boxOf(id);
  return { x: x + width / 2, y: y + bar / 2 };
}

/** Two frames: what changes with the scheme has changed. */
function painted(): Promise<unknown> {
  return page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
}

async function serious(where: string): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.any[0]?.message}`);
  });
  return found.map((fault) => `${where}: ${fault}`);
}

test('a new RayOS says what it is, and the desktop is its button away', async () => {
  await page.getByRole('heading', { name: 'Welcome to RayOS' }).waitFor();
  await page.getByRole('button', { name: 'Look around first' }).click();
  await page.getByText('Nothing is on screen').waitFor();
  await rayos.run('guest.create', { name: guest });
  await page.locator('.dock-show').waitFor();
  await page.keyboard.press('Alt+Digit1');
  await drawn(page, surface);
  page.setDefaultTimeout(20_000);
  // Shown by keyboard, the guest has the keyboard; the chord gives it back.
  await page.locator(`.window.entered[data-window="${surface}"]`).waitFor();
  await page.keyboard.down('ControlLeft');
  await page.keyboard.down('AltLeft');
  await page.keyboard.up('AltLeft');
  await page.keyboard.up('ControlLeft');
  await page.waitForFunction(
    (id) => (document.activeElement as HTMLElement | null)?.dataset.windowBar === id,
    surface,
  );
});

test('by mouse: a window snaps to edges and corners where it is dropped, and comes loose again', async () => {
  const free = await boxOf(surface);
  const half = { x: 0, y: 0, width: 720, height: 820 };
  const cases = [
    { to: { x: 2, y: 400 }, shape: 'snapped', box: half },
    { to: { x: 1438, y: 400 }, shape: 'snapped', box: { ...half, x: 720 } },
    { to: { x: 2, y: 10 }, shape: 'snapped', box: { ...half, height: 410 } },
    { to: { x: 1438, y: 815 }, shape: 'snapped', box: { x: 720, y: 410, width: 720, height: 410 } },
    { to: { x: 720, y: 2 }, shape: 'maximized', box: { x: 0, y: 0, ...area } },
  ];
  for (const { to, shape, box } of cases) {
    const from = await grip(surface);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(from.x + 30, from.y + 60, { steps: 4 });
    await page.mouse.move(to.x, to.y, { steps: 4 });
    await page.locator('.snap-preview').waitFor();
    await page.mouse.up();
    await stands(surface, shape, box);
    await page.locator('.snap-preview').waitFor({ state: 'detached' });
  }
  await drag(await grip(surface), { x: 720, y: 200 });
  await stands(surface, 'free');
  const { width, height } = await boxOf(surface);
  assert.deepEqual([width, height], [free.width, free.height], 'loose, it has its own size again');
});

test('by mouse: Escape takes a drag back, a double click fills the area and restores', async () => {
  const was = await boxOf(surface);
  const from = await grip(surface);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x - 60, from.y + 50, { steps: 3 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await stands(surface, 'free', was);
  await page.mouse.dblclick(from.x, from.y);
  await stands(surface, 'maximized');
  await page.mouse.dblclick(720, bar / 2);
  await stands(surface, 'free', was);
});

test('by mouse: every edge and corner resizes, and the opposite one stays', async () => {
  await toTitle(surface);
  await page.keyboard.press('Digit5');
  for (let i = 0; i < 24; i++) await page.keyboard.press('Shift+ArrowLeft');
  for (let i = 0; i < 12; i++) await page.keyboard.press('Shift+ArrowUp');
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowDown');
  for (const edge of ['n', 's', 'e', 'w', 'nw', 'ne', 'sw', 'se']) {
    const was = await boxOf(surface);
    const at = await page.locator(`[data-window="${surface}"] [data-edge="${edge}"]`).boundingBox();
    assert.ok(at);
    const from = { x: at.x + at.width / 2, y: at.y + at.height / 2 };
    await drag(from, { x: from.x + 24, y: from.y + 16 });
    const moved = (side: string, value: number) => (edge.includes(side) ? value : 0);
    await stands(surface, 'free', {
      x: was.x + moved('w', 24),
      y: was.y + moved('n', 16),
      width: was.width + moved('e', 24) - moved('w', 24),
      height: was.height + moved('s', 16) - moved('n', 16),
    });
  }
});

test('by a finger: a window is moved by its title bar, and resized by its corner', async () => {
  await toTitle(surface);
  await page.keyboard.press('Digit5');
  const hand = await page.context().newCDPSession(page);
  await hand.send('Emulation.setTouchEmulationEnabled', { enabled: true });
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...touchPoints: Point[]) =>
    hand.send('Input.dispatchTouchEvent', { type, touchPoints });
  const drag = async (from: Point, dx: number, dy: number) => {
    await touch('touchStart', from);
    for (const part of [0.5, 1])
      await touch('touchMove', { x: from.x + part * dx, y: from.y + part * dy });
    await touch('touchEnd');
  };
  const was = await boxOf(surface);
  await drag(await grip(surface), 40, 20);
  const moved = { ...was, x: was.x + 40, y: was.y + 20 };
  await stands(surface, 'free', moved);
  const corner = await page.locator(`[data-window="${surface}"] [data-edge="se"]`).boundingBox();
  assert.ok(corner);
  await drag({ x: corner.x + corner.width / 2, y: corner.y + corner.height / 2 }, -40, -32);
  await stands(surface, 'free', { ...moved, width: moved.width - 40, height: moved.height - 32 });
  // The title has kept the focus, and with it where Escape leads: the next case begins with its own.
  await titleOf(surface).blur();
  await hand.send('Emulation.setTouchEmulationEnabled', { enabled: false });
  await hand.detach();
});

test('by keyboard alone: snap, move, resize, maximize, put back', async () => {
  await toTitle(surface);
  const was = await boxOf(surface);
  await page.keyboard.press('ArrowRight');
  await stands(surface, 'free', { ...was, x: was.x + 16 });
  await page.keyboard.press('Control+ArrowLeft');
  await stands(surface, 'free', { ...was, x: was.x + 15 });
  await page.keyboard.press('Shift+ArrowDown');
  await stands(surface, 'free', { ...was, x: was.x + 15, height: was.height + 16 });
  await page.keyboard.press('Escape');
  await stands(surface, 'free', was);
  await page.keyboard.press('Digit7');
  await stands(surface, 'snapped', { x: 0, y: 0, width: 720, height: 410 });
  await page.keyboard.press('Digit6');
  await stands(surface, 'snapped', { x: 720, y: 0, width: 720, height: 820 });
  await page.keyboard.press('Control+Shift+ArrowDown');
  await stands(surface, 'snapped', { x: 720, y: 410, width: 720, height: 410 });
  await page.keyboard.press('m');
  await stands(surface, 'maximized', { x: 0, y: 0, ...area });
  await page.keyboard.press('Digit5');
  await stands(surface, 'free', was);
});

test('by keyboard alone: minimized into the dock with a live thumbnail, and back with the keyboard', async () => {
  await toTitle(surface);
  await page.keyboard.press('n');
  await stands(surface, 'minimized');
  await page.waitForFunction(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.dock-thumbnail canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    return pixels !== undefined && new Set(new Uint32Array(pixels.buffer)).size > 20;
  });
  await page.waitForFunction(() => {
    const { activeElement } = document;
    return activeElement !== document.body && activeElement?.closest('[inert]') === null;
  });
  await page.keyboard.press('Alt+Digit1');
  await stands(surface, 'free');
  await page.locator(`.window.entered[data-window="${surface}"]`).waitFor();
  // The thumbnail looked at the guest too, and lets go of it once the window is back.
  await until(
    async () => (await rayos.run('surface.list', {})).surfaces[0]?.viewers === 1,
    'the window to be the only viewer',
  );
});

test('by keyboard alone: full screen and back', async () => {
  await toTitle(surface);
  const was = await boxOf(surface);
  await page.keyboard.press('f');
  await stands(surface, 'full');
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await toTitle(surface);
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement === null);
  await stands(surface, 'free', was);
});

test('by keyboard alone: all windows away and back, the menu, the keys, the dock, the intent bar', async () => {
  await toTitle(surface);
  const was = await boxOf(surface);
  await page.keyboard.press('Alt+m');
  await stands(surface, 'minimized');
  await page.keyboard.press('Alt+m');
  await stands(surface, 'free', was);
  await toTitle(surface);
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menu').getByText('Ctrl+Alt+Del').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await toTitle(surface);
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await keys.getByText('Minimize all windows').waitFor();
  await page.keyboard.press('Escape');
  await keys.waitFor({ state: 'detached' });
  await toTitle(surface);
  await page.keyboard.press('F6');
  await page.waitForFunction(() => document.activeElement?.closest('[data-dock]') !== null);
  await page.keyboard.press('Shift+F6');
  await page.keyboard.press('Control+Space');
  await page.getByRole('combobox', { name: 'What you want' }).waitFor();
  await page.keyboard.press('Escape');
});

const pages = [
  { keys: 'Alt+g', id: `page:guest:${guest}`, heading: 'Rescue desktop' },
  { keys: 'Alt+c', id: 'page:create', heading: 'New guest' },
  { keys: 'Control+Comma', id: 'page:settings', heading: 'Settings' },
  { keys: 'Alt+n', id: 'page:notifications', heading: 'Notifications' },
  { keys: 'F1', id: 'page:help', heading: 'Keys' },
] as const;

test('every page opens by its keys with the focus in it, and Escape gives the focus back', async () => {
  for (const { keys, id, heading } of pages) {
    await toTitle(surface);
    await page.keyboard.press(keys);
    await windowOf(id).getByRole('heading', { name: heading, exact: true }).first().waitFor();
    await page.waitForFunction(
      (id) => document.activeElement?.closest<HTMLElement>('.window')?.dataset.window === id,
      id,
    );
    await page.keyboard.press('Escape');
    await windowOf(id).waitFor({ state: 'detached' });
    await page.waitForFunction(
      (id) => (document.activeElement as HTMLElement | null)?.dataset.windowBar === id,
      surface,
    );
  }
});

test('the sections of a guest’s page are gone through by arrow keys', async () => {
  await toTitle(surface);
  await page.keyboard.press('Alt+g');
  const shown = windowOf(`page:guest:${guest}`);
  await shown.getByRole('tab', { name: 'Overview' }).focus();
  for (const section of ['Machine', 'Network', 'Folders', 'Snapshots', 'Console', 'Log']) {
    await page.keyboard.press('ArrowDown');
    await shown.getByRole('heading', { name: section, exact: true }).waitFor();
    const selected = shown.getByRole('tab', { selected: true });
    assert.equal(await selected.textContent(), section);
  }
  assert.match(page.url(), /#\/guest\/rescue-desktop\/log$/, 'each has an address');
  await shown.getByRole('button', { name: 'Close', exact: true }).click();
});

test('windows are tiled, and chosen by the switcher with live thumbnails', async () => {
  await toTitle(surface);
  await page.keyboard.press('Control+Comma');
  await windowOf('page:settings').waitFor();
  await page.keyboard.press('Alt+t');
  await stands('page:settings', 'snapped', { x: 0, y: 0, width: 720, height: 820 });
  await stands(surface, 'snapped', { x: 720, y: 0, width: 720, height: 820 });
  await page.keyboard.down('Control');
  await page.keyboard.press('Backquote');
  const current = page.locator('.switcher [aria-current="true"]');
  assert.match((await current.textContent()) ?? '', /Rescue desktop/, 'the one before is offered');
  assert.deepEqual(await serious('switcher'), []);
  await page.keyboard.up('Control');
  await page.locator('.switcher').waitFor({ state: 'detached' });
  await page.locator(`.window.front[data-window="${surface}"]`).waitFor();
});

test('a reload keeps the windows, where they stand and in which order, and the pages', async () => {
  await toTitle(surface);
  await page.keyboard.press('Digit9');
  await stands(surface, 'snapped', { x: 720, y: 0, width: 720, height: 410 });
  await page.reload();
  await page.locator('[data-link="live"]').waitFor();
  await drawn(page, surface);
  await stands(surface, 'snapped', { x: 720, y: 0, width: 720, height: 410 });
  await stands('page:settings', 'snapped', { x: 0, y: 0, width: 720, height: 820 });
  await page.locator(`.window.front[data-window="${surface}"]`).waitFor();
  await windowOf('page:settings').getByRole('button', { name: 'Close', exact: true }).click();
});

test('the intent bar takes command lines and remembers them', async () => {
  await toTitle(surface);
  await page.keyboard.press('/');
  const field = page.getByRole('combobox', { name: 'What you want' });
  await field.fill('guest list');
  await page.keyboard.press('Enter');
  await page.getByText('There is 1 guest.').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.keyboard.press('ArrowUp');
  assert.equal(await field.inputValue(), 'guest list');
  await field.fill('guest stop');
  await page.keyboard.press('Enter');
  await page.getByText('Guest stop needs guest.').waitFor();
  await page.keyboard.press('Escape');
});

test('the console on the page shows what the guest writes, as it comes', async () => {
  await toTitle(surface);
  await page.keyboard.press('Alt+g');
  const shown = windowOf(`page:guest:${guest}`);
  await shown.getByRole('tab', { name: 'Console' }).click();
  await shown.getByText(/^Live/).waitFor();
  await rayos.run('input.type', { text: 'echo seen-$((40+2)) > /dev/ttyS0', guest });
  await rayos.run('input.press', { keys: 'enter', guest });
  await shown.getByRole('log').getByText('seen-42').waitFor();
});

test('the overview plots what the guest uses, and says it in words', async () => {
  const shown = windowOf(`page:guest:${guest}`);
  await shown.getByRole('tab', { name: 'Overview' }).click();
  for (const what of ['Processor', 'Memory', 'Disk', 'Network'])
    await shown.getByRole('img', { name: new RegExp(`^${what}: .+ now, at most .+`) }).waitFor();
});

test('what a button of the page does to the guest leaves the focus on it, and what is refused is shown so', async () => {
  const shown = windowOf(`page:guest:${guest}`);
  for (const [label, state] of [
    ['Pause', 'Paused'],
    ['Resume', 'On screen'],
  ] as const) {
    // The state is told before the command is done, and until then the buttons rest.
    await shown
      .locator('.page-actions .button[aria-disabled="false"]')
      .filter({ hasText: new RegExp(`^\\s*${label}\\s*$`) })
      .focus();
    await page.keyboard.press('Enter');
    await shown.locator('.page-lead').getByText(state).waitFor();
    assert.ok(await page.evaluate(() => document.activeElement?.matches('.page-actions .button')));
  }
  await shown.getByRole('tab', { name: 'Network' }).click();
  await shown.getByRole('radio', { name: 'The network' }).focus();
  await page.keyboard.press('Space');
  await shown
    .getByRole('alert')
    .getByText(/^Policy allows/)
    .waitFor();
  await until(() => shown.getByRole('radio', { name: 'Nothing' }).isChecked(), 'the old choice');
  assert.ok(await page.evaluate(() => document.activeElement?.matches('input[type="radio"]')));
});

test('a snapshot is taken on the page, and deleted only by typing its name', async () => {
  const shown = windowOf(`page:guest:${guest}`);
  await shown.getByRole('tab', { name: 'Snapshots' }).click();
  await shown.getByLabel('Name', { exact: true }).fill('before');
  await shown.getByRole('button', { name: 'Take a snapshot' }).click();
  await shown.getByRole('button', { name: 'Delete the snapshot before' }).click();
  const plan = page.locator('.consent');
  await plan.waitFor();
  await plan.getByRole('textbox').fill((await plan.locator('label code').textContent()) ?? '');
  await plan.getByRole('button', { name: 'Do it' }).click();
  await shown.getByText('There are no snapshots yet.').waitFor();
  assert.deepEqual((await rayos.run('snapshot.list', { guest })).snapshots, []);
  await shown.getByRole('button', { name: 'Close', exact: true }).click();
});

test('a guest is made from a file: RayOS looks at it, says what it found, and makes what was adjusted', async () => {
  const file = join(rayos.stateDir, 'small.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', file, '64M']);
  await toTitle(surface);
  await page.keyboard.press('Alt+c');
  const making = windowOf('page:create');
  await making.getByRole('radio', { name: 'A file of yours' }).check();
  await making.getByLabel('File on the machine that runs RayOS').fill(file);
  await making.getByRole('button', { name: 'Look at it' }).click();
  const found = making.getByRole('region', { name: 'What RayOS found' });
  // With its reasons.
  await found.getByRole('listitem').first().waitFor();
  assert.deepEqual(await serious('proposal'), []);
  await making.getByLabel('Name', { exact: true }).fill('from-file');
  await making.getByLabel('Memory', { exact: true }).fill('256');
  await making.getByRole('button', { name: 'Create', exact: true }).click();
  await windowOf('page:guest:from-file').getByRole('tab', { name: 'Machine' }).click();
  const { memoryMiB } = await rayos.run('guest.show', { guest: 'from-file' });
  assert.equal(memoryMiB, 256);
  await windowOf('page:guest:from-file')
    .getByRole('button', { name: 'Close', exact: true })
    .click();
});

test('a guest is made on a page, and deleted by typing its name', async () => {
  await toTitle(surface);
  await page.keyboard.press('Alt+c');
  const making = windowOf('page:create');
  await making.getByRole('radio', { name: 'Rescue desktop' }).check();
  await making.getByLabel('Name', { exact: true }).fill('short-lived');
  await making.getByLabel('Title').fill('Short-lived');
  await making.getByRole('button', { name: 'Create', exact: true }).click();
  const its = windowOf('page:guest:short-lived');
  await its.getByRole('heading', { name: 'Short-lived', exact: true }).waitFor();
  assert.equal((await rayos.run('guest.list', {})).guests.length, 3);
  await its.getByRole('button', { name: /^Delete Short-lived/ }).click();
  const agree = page.getByRole('button', { name: 'Do it' });
  await agree.waitFor();
  assert.ok(await agree.isDisabled(), 'not before the name is typed');
  await page.getByRole('textbox', { name: /To agree/ }).fill('short-lived');
  await agree.click();
  await its.waitFor({ state: 'detached' });
  assert.equal((await rayos.run('guest.list', {})).guests.length, 2);
});

for (const [name, size] of [
  ['1024 px', { width: 1024, height: 700 }],
  ['4K', { width: 3840, height: 2160 }],
] as const)
  test(`at ${name}: axe finds nothing serious on any page in either scheme, nothing is out of reach`, async () => {
    await page.setViewportSize(size);
    const faults: string[] = [];
    for (const { keys, id } of pages) {
      await toTitle(surface);
      await page.keyboard.press(keys);
      await windowOf(id).locator('h1').first().waitFor();
      for (const scheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await painted();
        faults.push(...(await serious(`${id}, ${scheme}, ${name}`)));
      }
      faults.push(...(await outOfReach(id, size)), ...(await tooSmall(id)));
      await windowOf(id).getByRole('button', { name: 'Close', exact: true }).click();
    }
    assert.deepEqual(faults, []);
  });

test('text at twice its size at 1024 px: pages are as wide as there is room, and scroll to their end', async () => {
  await page.setViewportSize({ width: 1024, height: 700 });
  await rayos.run('settings.set', { textScale: 2 });
  await page.reload();
  await page.locator('[data-link="live"]').waitFor();
  await page.waitForFunction(
    () => document.documentElement.style.getPropertyValue('--scale') === '2',
  );
  await page.evaluate(() => {
    location.hash = '#/start';
  });
  const steps = windowOf('page:start');
  const last = steps.getByRole('button', { name: 'Look around first' });
  await last.focus();
  const [button, window] = [await last.boundingBox(), await steps.boundingBox()];
  assert.ok(button && window && window.width > 900);
  assert.ok(button.y >= window.y && button.y + button.height <= window.y + window.height);
  await steps.getByRole('button', { name: 'Close', exact: true }).click();
  await rayos.run('settings.set', { textScale: 1 });
  await page.reload();
  await page.locator('[data-link="live"]').waitFor();
});

test('text at twice its size at 1024 px: everything is still within reach', async () => {
  const size = { width: 1024, height: 700 };
  await page.setViewportSize(size);
  await toTitle(surface);
  await page.keyboard.press('Control+Comma');
  const settings = windowOf('page:settings');
  await settings.getByRole('radio', { name: '200 %' }).check();
  await page.waitForFunction(
    () => document.documentElement.style.getPropertyValue('--scale') === '2',
  );
  assert.deepEqual(
    [...(await outOfReach('page:settings', size)), ...(await outOfReach(surface, size))],
    [],
  );
  assert.deepEqual(await serious('200 %'), []);
  await settings.getByRole('radio', { name: '100 %' }).check();
  await page.setViewportSize(desk);
  await settings.getByRole('button', { name: 'Close', exact: true }).click();
});

test('the page complained of nothing', () => {
  // The browser itself notes every answer that is no success; those are RayOS's answers, in words.
  assert.deepEqual(
    browser.complaints.filter((text) => !text.startsWith('Failed to load resource')),
    [],
  );
});

/** Controls of the window and of the dock that no pointer can reach. */
async function outOfReach(id: string, size: { width: number; height: number }): Promise<string[]> {
  return page.evaluate(
    ([id, { width, height }]) => {
      const all = document.querySelectorAll<HTMLElement>(
        `[data-window="${id}"] .title-bar button, .dock button`,
      );
      return [...all].flatMap((button) => {
        const box = button.getBoundingClientRect();
        // What the dock scrolls to is within reach.
        if (box.width === 0 || button.closest('.dock-guests')) return [];
        const inside =
          box.left >= -1 && box.top >= -1 && box.right <= width + 1 && box.bottom <= height + 1;
        const name = button.ariaLabel ?? button.textContent;
        return inside ? [] : [`${id}: "${name}" is at ${box.left}, ${box.top}`];
      });
    },
    [id, size] as const,
  );
}

/** Text of the window that is set smaller than 12 px. */
async function tooSmall(id: string): Promise<string[]> {
  return page.evaluate((id) => {
    const root = document.querySelector(`[data-window="${id}"]`);
    const found = new Set<string>();
    if (!root) return ['no window'];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.textContent?.trim() || !node.parentElement) continue;
      const size = Number.parseFloat(getComputedStyle(node.parentElement).fontSize);
      if (size < 12) found.add(`${id}: "${node.textContent.trim()}" has ${size} px`);
    }
    return [...found];
  }, id);
}
