// The life of a browser, with a small program in the place of compositor and browser that speaks as a browser
// does on descriptors 3 and 4. The real browser is in trials/display.e2e.test.ts.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Limits, showDesktop } from './showing.ts';

/** `say(method, params)` gives the answer's result; undefined answers nothing. */
const fakeBrowser = (say: string) => `#!${process.execPath}
const { createReadStream, writeSync } = require('node:fs');
let rest = '', shots = 0, logins = 0;
const tell = (message) => writeSync(4, JSON.stringify(message) + '\\0');
const page = (link) => ({ result: { value: { link, isVisible: true } } });
const say = ${say};
createReadStream(null, { fd: 3 }).on('data', (chunk) => {
  const parts = (rest + chunk).split('\\0');
  rest = parts.pop();
  for (const part of parts) {
    const { id, method, params } = JSON.parse(part);
    const usual = { 'Target.getTargets': { targetInfos: [{ type: 'page', targetId: 't' }] },
      'Target.attachToTarget': { sessionId: 's' } }[method];
    if (method === 'Page.navigate') logins++;
    const isLook = method === 'Runtime.evaluate' && params.expression.includes('data-link');
    const isDraw = method === 'Runtime.evaluate' && params.expression.startsWith('new Promise');
    const result = usual ?? (isLook || isDraw ? say(isLook ? 'look' : 'draw') : {});
    if (result !== undefined) tell({ id, result });
  }
});
setInterval(() => {}, 1000);
`;

const quick: Limits = { firstPictureMs: 400, answerMs: 400, beatMs: 5, lookMs: 5, loginPauseMs: 0 };

type Lived = { readonly reason: string; readonly shown: number; readonly logins: number };

/** One life of a browser that answers by `say`; the person looks from the look `onScreenFrom` on. */
async function live(say: string, onScreenFrom = 0): Promise<Lived> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-showing-'));
  try {
    const compositor = join(folder, 'compositor');
    writeFileSync(compositor, fakeBrowser(say), { mode: 0o755 });
    const runtimeDir = join(folder, 'run');
    mkdirSync(runtimeDir);
    let [shown, logins, looks] = [0, 0, 0];
    const reason = await showDesktop({
      showing: { compositor, browser: '/none', isSoftware: true },
      runtimeDir,
      login: async () => `http://127.0.0.1:7600/#token=${++logins}`,
      shown: () => shown++,
      isOnScreen: () => looks++ >= onScreenFrom,
      signal: AbortSignal.timeout(60_000),
      limits: quick,
    });
    assert.deepEqual(readdirSync(runtimeDir), [], 'its profile has gone');
    return { reason, shown, logins };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a page that has drawn is shown; one that then does not answer is given up', async () => {
  const say = `(what) => what === 'draw' ? {} : shots++ < 5 ? page('live') : undefined`;
  assert.deepEqual(await live(say), {
    reason: 'the-browser-does-not-answer',
    shown: 1,
    logins: 1,
  });
});

test('a page that is live and does not draw is not shown', async () => {
  const { reason, shown } = await live(`(what) => what === 'draw' ? undefined : page('live')`);
  assert.deepEqual([reason, shown], ['the-browser-does-not-answer', 0]);
});

test('a page that never gets anywhere is given up', async () => {
  const { reason, shown } = await live(`() => page('connecting')`);
  assert.deepEqual([reason, shown], ['page-does-not-draw', 0]);
});

test('a page that asks to sign in gets a new login', async () => {
  const say = `(what) => what === 'draw' ? process.exit(3) : page(logins < 3 ? 'out' : 'live')`;
  const { reason, logins } = await live(say);
  assert.equal(logins, 3);
  assert.equal(reason, 'compositor-ended-3');
});

test('while another terminal has the screen, nothing is held against the page', async () => {
  const say = `(what) => what === 'draw' ? {} : shots++ < 300 ? page('live') : process.exit(0)`;
  const { shown } = await live(say, 200);
  assert.equal(shown, 1);
});

test('a crash of the page ends this life', async () => {
  const say = `() => { tell({ method: 'Inspector.targetCrashed', params: {} }); return page('live'); }`;
  assert.equal((await live(say)).reason, 'page-crashed');
});

test('a display that is stopped while it waits for its login has stopped, and starts nothing', async () => {
  const stop = new AbortController();
  const { promise, reject } = Promise.withResolvers<string>();
  const showing = showDesktop({
    showing: { compositor: '/none', browser: '/none', isSoftware: true },
    runtimeDir: '/none',
    login: () => promise,
    shown: () => {},
    isOnScreen: () => true,
    signal: stop.signal,
  });
  stop.abort(new Error('stopping'));
  reject(stop.signal.reason);
  assert.equal(await showing, 'stopped');
});
