// Who is let in: a person after a one-time login, from a page of ours, and the owner's terminal.

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cookieOf, errorOf, startGateway } from './testing/gateway.ts';

const stage = await startGateway();
after(() => stage[Symbol.asyncDispose]());
const { ask, dir, gateway, origin, sessions, signIn } = stage;

test('without an identity nothing is answered but the page itself', async () => {
  for (const path of ['/api/session', '/api/events', '/api/openapi.json'])
    assert.equal(errorOf(await ask(path)), 'NOT_SIGNED_IN');
  const command = { method: 'POST', headers: origin(), body: { arguments: {} } };
  for (const name of ['guest.list', 'log.markers', 'no.such'])
    assert.equal(errorOf(await ask(`/api/commands/${name}`, command)), 'NOT_SIGNED_IN');
  assert.equal((await ask('/')).status, 200);
});

test('a one-time token signs in once, with a cookie that scripts and other sites cannot use', async () => {
  const token = sessions.offerLogin();
  const first = await ask('/api/session', { method: 'POST', headers: origin(), body: { token } });
  const cookie = String(first.headers['set-cookie']);
  assert.match(cookie, /HttpOnly/);
  assert.match(cookie, /SameSite=Strict/);
  assert.equal(
    errorOf(await ask('/api/session', { method: 'POST', headers: origin(), body: { token } })),
    'NOT_SIGNED_IN',
  );
  assert.equal((await ask('/api/session', { headers: { cookie: cookieOf(cookie) } })).status, 200);
  await ask('/api/session', {
    method: 'DELETE',
    headers: { ...origin(), cookie: cookieOf(cookie) },
  });
  assert.equal(
    errorOf(await ask('/api/session', { headers: { cookie: cookieOf(cookie) } })),
    'NOT_SIGNED_IN',
  );
});

test('requests under another name, or by a page of another site, are refused', async () => {
  const cookie = cookieOf(await signIn());
  const send = (headers: Record<string, string>) =>
    ask('/api/commands/guest.list', {
      method: 'POST',
      headers: { cookie, ...headers },
      body: { arguments: {} },
    });
  assert.equal((await send(origin())).status, 200);
  assert.equal(errorOf(await send({})), 'WRONG_ORIGIN');
  assert.equal(errorOf(await send({ origin: 'http://evil.example' })), 'WRONG_ORIGIN');
  assert.equal(errorOf(await send({ origin: 'null' })), 'WRONG_ORIGIN');
  assert.equal(errorOf(await send({ ...origin(), host: 'rebound.example' })), 'WRONG_ORIGIN');
  assert.equal(errorOf(await send({ origin: `http://localhost:${gateway.port}` })), 'WRONG_ORIGIN');
  assert.equal(
    errorOf(
      await ask('/api/session', {
        headers: { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      }),
    ),
    'WRONG_ORIGIN',
  );
});

test('every answer carries the strict policy for content', async () => {
  for (const path of ['/', '/api/session', '/nothing-here']) {
    const { headers } = await ask(path);
    assert.match(
      String(headers['content-security-policy']),
      /default-src 'none'; script-src 'self'; style-src 'self'/,
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/);
  }
});

test("the terminal's socket is its owner's alone, and needs no cookie", async () => {
  assert.equal(statSync(join(dir, 's')).mode & 0o777, 0o600);
  const answer = await ask('/api/commands/guest.list', {
    method: 'POST',
    body: { arguments: {} },
    overSocket: true,
  });
  assert.deepEqual(JSON.parse(answer.body), { result: { guests: [] } });
});
