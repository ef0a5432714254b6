// How long sessions live, and what a full disk does to them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openStore } from '../foundation/index.ts';
import { loginLifeMs, Sessions, sessionMigration } from './index.ts';
import { errorOf, startGateway } from './testing/gateway.ts';

const stage = await startGateway();
after(() => stage[Symbol.asyncDispose]());
const { ask, origin, sessions, store } = stage;

test('on a full disk a session goes on, and signing in says what is wrong and works later', async () => {
  let now = Date.now();
  const own = new Sessions(store, () => now);
  const cookie = own.signIn(own.offerLogin()) ?? assert.fail();
  const token = sessions.offerLogin();
  const enter = () => ask('/api/session', { method: 'POST', headers: origin(), body: { token } });
  store.database.exec('PRAGMA query_only = ON');
  try {
    now += 3_600_000;
    assert.equal(own.isSignedIn(cookie), true);
    assert.equal(errorOf(await enter()), 'STATE_UNWRITABLE');
  } finally {
    store.database.exec('PRAGMA query_only = OFF');
  }
  assert.equal((await enter()).status, 204);
});

test('one-time tokens end after ten minutes, and sessions after two weeks without use', () => {
  let now = 1_000_000_000_000;
  const timed = new Sessions(openStore(':memory:', [sessionMigration]), () => now);
  const [early, late] = [timed.offerLogin(), timed.offerLogin()];
  now += loginLifeMs - 1;
  const cookie = timed.signIn(early);
  assert.ok(timed.isSignedIn(cookie));
  now += 1;
  assert.equal(timed.signIn(late), undefined);
  now += 13 * 24 * 3_600_000;
  assert.ok(timed.isSignedIn(cookie), 'used within two weeks');
  now += 15 * 24 * 3_600_000;
  assert.equal(timed.isSignedIn(cookie), false);
});
