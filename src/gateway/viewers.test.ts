// Viewers and their pixel streams: let in with cookie and origin, their sockets handed on.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cookieOf, startGateway } from './testing/gateway.ts';

const stage = await startGateway();
after(() => stage[Symbol.asyncDispose]());
const { ask, origin, signIn, viewers } = stage;

test('a viewer is let in with cookie and origin, its socket handed on, and ended by signing out', async () => {
  const cookie = cookieOf(await signIn());
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const open = (headers: Record<string, string>, path = '/api/surfaces/linux-desktop.0/viewer') =>
    ask(path, { headers: { ...upgrade, ...headers } });
  viewers.handed.length = 0;
  assert.equal((await open({ cookie })).status, 403);
  assert.equal((await open(origin())).status, 401);
  assert.equal((await open({ cookie, origin: 'http://evil.example' })).status, 403);
  assert.equal((await open({ cookie, ...origin() }, '/api/surfaces/..%2f/viewer')).status, 404);
  assert.deepEqual(viewers.handed, []);
  assert.equal((await open({ cookie, ...origin() })).status, 101);
  assert.deepEqual(viewers.handed, ['linux-desktop.0']);
  const party = viewers.parties.at(-1) ?? '';
  assert.match(party, /^[0-9a-f]{32}$/);
  assert.ok(!cookie.includes(party));
  viewers.ended.length = 0;
  await ask('/api/session', { method: 'DELETE', headers: { cookie, ...origin() } });
  assert.deepEqual(viewers.ended, [party]);
  assert.equal((await open({ cookie, ...origin() })).status, 401);
});

test('a pixel stream is let in like its viewer, and needs a key', async () => {
  const cookie = cookieOf(await signIn());
  const path = '/api/surfaces/linux-desktop.0/pixels';
  const key = 'a'.repeat(32);
  viewers.handed.length = 0;
  assert.equal((await ask(`${path}?key=${key}`)).status, 401);
  assert.equal((await ask(path, { headers: { cookie } })).status, 400);
  assert.equal((await ask(`${path}?key=..`, { headers: { cookie } })).status, 400);
  const foreign = { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
  assert.equal((await ask(`${path}?key=${key}`, { headers: foreign })).status, 403);
  assert.deepEqual(viewers.handed, []);
  await ask(`${path}?key=${key}`, { headers: { cookie } }).catch(() => {});
  assert.deepEqual(viewers.handed, ['linux-desktop.0']);
});
