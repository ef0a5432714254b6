// What is open in a session: events and streams, which end with it; signing in and out is on record.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cookieOf, startGateway } from './testing/gateway.ts';

const stage = await startGateway();
after(() => stage[Symbol.asyncDispose]());
const { ask, audit, listen, origin, signIn } = stage;

test('events come through the one door: by the command desktop.events, which is in the audit', async () => {
  const events = await listen('/api/events', cookieOf(await signIn()));
  assert.equal(events.first, 'data: {"type":"state"}\n\n');
  assert.partialDeepStrictEqual(audit.newest(1)[0], {
    actor: 'person:browser',
    command: 'desktop.events',
    outcome: 'done',
  });
  events.close();
});

test('signing out ends what the session has open, and only that', async () => {
  const cookie = cookieOf(await signIn());
  const other = cookieOf(await signIn());
  const markers = { arguments: { follow: true } };
  const events = await listen('/api/events', cookie);
  const stream = await listen('/api/commands/log.markers', cookie, markers);
  const kept = await listen('/api/commands/log.markers', other, markers);
  await ask('/api/session', { method: 'DELETE', headers: { ...origin(), cookie } });
  assert.equal(await events.whole, events.first);
  assert.match(await stream.whole, /"code":"NOT_SIGNED_IN"/);
  const keeps = await Promise.race([kept.whole, new Promise((ok) => setImmediate(ok, 'open'))]);
  assert.equal(keeps, 'open');
  kept.close();
});

test('signing in and out is in the audit; what is refused is not, so that it cannot fill it', async () => {
  const cookie = cookieOf(await signIn());
  assert.equal(audit.newest(1)[0]?.command, 'session.signin');
  const out = { method: 'DELETE', headers: { ...origin(), cookie } };
  await ask('/api/session', out);
  const [record] = audit.newest(1);
  assert.deepEqual([record?.command, record?.actor], ['session.signout', 'person:browser']);
  await ask('/api/session', out);
  await ask('/api/session', { method: 'POST', headers: origin(), body: { token: 'made up' } });
  assert.equal(audit.newest(1)[0]?.sequence, record?.sequence);
});
