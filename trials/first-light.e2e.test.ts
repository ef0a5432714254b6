// First light: the main job end to end on the real parts: QEMU, the guest, headless Chromium.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import axe from 'axe-core';
import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import { WebSocket } from 'ws';
import { initialCredit, protocolName } from '../src/contracts/index.ts';
import { isAlive } from '../src/foundation/index.ts';
import { until } from '../src/foundation/testing-until.ts';
import { drawn, healing, pixels, TestBrowser, typeByHand } from './harness/browser.ts';
import { TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';
const surface = 'rescue-desktop.0';

let rayos: TestRayos;
let browser: TestBrowser;
let page: Page;

before(async () => {
  rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.present', { guest });
  browser = await TestBrowser.start();
  page = await browser.open(await rayos.address());
  await drawn(page, surface);
});

after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await rayos?.[Symbol.asyncDispose]();
});

/** Gives the guest's window the keyboard and types a line, as a person does. */
async function typeLine(text: string): Promise<void> {
  await page.locator(`[data-surface="${surface}"] canvas`).click({ position: { x: 400, y: 300 } });
  await typeByHand(page, text);
  await page.keyboard.press('Enter');
}

/** The guest's picture, RGBA, as its framer has it. */
async function guestPicture(): Promise<Buffer> {
  const { data } = await rayos.run('screenshot.guest', { guest });
  const png = decode(Buffer.from(data, 'base64'));
  assert.deepEqual([png.width, png.height], [1280, 800]);
  const rgba = Buffer.alloc(1280 * 800 * 4, 255);
  for (let i = 0; i < 1280 * 800; i++) {
    for (let channel = 0; channel < 3; channel++)
      rgba[i * 4 + channel] = png.data[i * png.channels + channel] ?? 0;
  }
  return rgba;
}

/** How many pixels of two pictures differ. */
function difference(a: Buffer, b: Buffer): number {
  let count = 0;
  for (let i = 0; i < a.length; i += 4) if (a.readUInt32LE(i) !== b.readUInt32LE(i)) count++;
  return count;
}

const wholePage = () => pixels(page, surface, 0, 0, 1280, 800);

/** Waits until the page shows exactly what the guest shows. (A clock may tick between the two looks.) */
function pageShowsGuest(): Promise<Buffer> {
  return until(async () => {
    const [shown, real] = await Promise.all([wholePage(), guestPicture()]);
    return difference(shown, real) === 0 ? shown : undefined;
  }, 'the picture of the guest in the page');
}

test('the page shows, pixel for pixel, what the guest shows', async () => {
  // What a guest shows first, while its desktop starts, is one colour: that proves nothing.
  await until(async () => coloursOf(await pageShowsGuest()) > 100, 'a desktop of many colours');
});

function coloursOf(picture: Buffer): number {
  const { buffer, byteOffset, length } = picture;
  return new Set(new Uint32Array(buffer.slice(byteOffset, byteOffset + length))).size;
}

test('keys typed in the page reach the terminal in the guest, and change the pixels in the page', async () => {
  const before = await pageShowsGuest();
  await typeLine('echo typed-$((40+2))-in-the-page | tee /dev/ttyS0');
  await rayos.serialSays(guest, 'typed-42-in-the-page');
  // Two lines of text and a prompt: far more than a cursor.
  await until(async () => difference(before, await wholePage()) >= 1000, 'the text in the page');
  await pageShowsGuest();
});

test('a command types into the guest as well, every character of it', async () => {
  const long = Array.from({ length: 30 }, (_, i) => `w${i}`).join(',');
  await rayos.run('input.type', { text: `echo "${long}" > /dev/ttyS0` });
  await rayos.run('input.press', { keys: 'enter' });
  await rayos.serialSays(guest, long);
});

test('hide and present again: the session is still there', async () => {
  await typeLine('MARK=still-here; echo it-is-set > /dev/ttyS0');
  await rayos.serialSays(guest, 'it-is-set');
  const { pid } = await rayos.run('guest.show', { guest });
  const hidden = rayos.markers.length;
  await page.keyboard.down('Shift'); // held while the window goes: it must not stay down in the guest
  await rayos.marker('INPUT:SENT', { after: hidden });
  await rayos.run('guest.hide', { guest });
  await rayos.marker('PRESENTATION:HIDDEN', { after: hidden });
  await page.locator(`[data-surface="${surface}"]`).waitFor({ state: 'detached' });
  const refused = await rayos.ask('input.type', { text: 'x', guest });
  assert.ok('error' in refused && refused.error.code === 'NOT_PRESENTED');
  await page.keyboard.up('Shift');
  await rayos.run('guest.present', { guest });
  await drawn(page, surface);
  await typeLine('echo $MARK > /dev/ttyS0');
  await rayos.serialSays(guest, 'still-here');
  assert.equal((await rayos.run('guest.show', { guest })).pid, pid);
});

test('two viewers at once, one of them stalled: the other one loses nothing', async () => {
  const address = new URL((await rayos.run('system.status', {})).address);
  const cookies = await page.context().cookies();
  const stalled = new WebSocket(
    `ws://${address.host}/api/surfaces/${surface}/viewer`,
    protocolName,
    {
      origin: address.origin,
      headers: { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') },
    },
  );
  let frames = 0;
  stalled.on('message', (_data, isBinary) => {
    if (isBinary && (_data as Buffer)[0] === 1) frames++;
  });
  await new Promise((resolve, reject) => stalled.once('open', resolve).once('error', reject));
  const from = rayos.markers.length;
  await typeLine(
    'i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done; echo scrolled > /dev/ttyS0',
  );
  await rayos.marker('PRESENTATION:VIEWER_STALLED', { after: from });
  await rayos.serialSays(guest, 'scrolled');
  await pageShowsGuest();
  assert.ok(frames <= initialCredit, `a viewer that draws nothing was sent ${frames} frames`);
  assert.equal((await rayos.run('surface.list', {})).surfaces[0]?.viewers, 2);
  stalled.terminate();
  await rayos.marker('PRESENTATION:VIEWER_LEFT', { after: from });
});

test('kill -9 of the framer: the picture comes back by itself, and the guest has not noticed', async (t) => {
  const before = (await rayos.run('surface.list', {})).surfaces[0];
  const { pid } = await rayos.run('guest.show', { guest });
  const from = rayos.markers.length;
  const healed = healing(page, surface);
  const start = performance.now();
  process.kill(before?.framerPid ?? 0, 'SIGKILL');
  await healed;
  t.diagnostic(
    `picture back in the page ${Math.round(performance.now() - start)} ms after kill -9`,
  );
  await rayos.marker('PRESENTATION:FRAMER_BACK', { after: from });
  await typeLine('echo after-$MARK > /dev/ttyS0');
  await rayos.serialSays(guest, 'after-still-here');
  assert.equal((await rayos.run('guest.show', { guest })).pid, pid);
});

test('pictures of the guest and of the desktop are taken by command', async () => {
  for (const [what, file] of [
    [['guest', guest], 'guest.png'],
    [['desktop'], 'desktop.png'],
  ] as const) {
    const { code, stderr } = await rayos.cli('screenshot', ...what, file);
    assert.equal(code, 0, stderr);
    const png = decode(readFileSync(join(rayos.stateDir, file)));
    assert.ok(png.width >= 1280 && new Set(png.data).size > 32, file);
  }
});

test('the command line answers with what was observed', async () => {
  const list = await rayos.cli('--json', 'guest', 'list');
  const { result } = JSON.parse(list.stdout) as {
    result: { guests: { name: string; state: string; ready: boolean; presented: boolean }[] };
  };
  assert.partialDeepStrictEqual(result.guests[0], {
    name: guest,
    state: 'running',
    ready: true,
    presented: true,
  });
  const shown = await rayos.cli('show rescue desktop');
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /1280×800/);
  for (const place of [
    ['mouse', '5000', '5000'],
    ['click', '5'],
  ]) {
    assert.equal(
      (await rayos.cli(...place)).code,
      2,
      'a place that is not on the screen, or half a place',
    );
  }
  const unknown = await rayos.cli('guest', 'present', 'windows');
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /rescue-desktop/);
});

test('rayos markers --follow prints markers as they happen, one a line', async () => {
  await using follower = rayos.follow('markers', '--follow');
  await follower.line(/^RAYOS_PRESENTATION:PRESENTED:rescue-desktop\.0:rescue-desktop$/);
  await rayos.run('input.mouse', { x: 900, y: 700 });
  await follower.line(/^RAYOS_INPUT:SENT:rescue-desktop:pointer:\d+$/);
});

test('the desktop is accessible: axe finds nothing serious', async () => {
  await page.evaluate(axe.source);
  const serious = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
  assert.deepEqual(serious, []);
});

test('the page complained of nothing', () => {
  // The browser itself notes a connection that was lost while the framer was away.
  assert.deepEqual(
    browser.complaints.filter((text) => !text.startsWith('WebSocket connection to')),
    [],
  );
});

test('Ctrl-C stops RayOS cleanly, and the guest with it, as the default policy says', async () => {
  const { pid = 0 } = await rayos.run('guest.show', { guest });
  assert.equal(await rayos.stop(), 0);
  assert.equal(isAlive(pid), false);
  assert.match(rayos.output, /RayOS has stopped/);
});
