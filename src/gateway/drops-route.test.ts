// Bytes for a guest: from whom they are taken, and that signing out ends an upload.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, test } from 'node:test';
import { cookieOf, errorOf, startGateway } from './testing/gateway.ts';

const stage = await startGateway();
after(() => stage[Symbol.asyncDispose]());
const { ask, gateway, nextUpload, origin, signIn } = stage;

test('bytes for a guest are taken from who is signed in, from a page of ours', async () => {
  const path = '/api/guests/g/drop/token';
  const put = { method: 'PUT', headers: origin(), body: 'bytes' };
  assert.equal(errorOf(await ask(path, put)), 'NOT_SIGNED_IN');
  const cookie = cookieOf(await signIn());
  const signedIn = { ...put, headers: { ...origin(), cookie, 'content-type': 'image/png' } };
  assert.deepEqual(JSON.parse((await ask(path, signedIn)).body), {
    result: { file: 'g/token', bytes: 7 },
  });
  const foreign = { ...signedIn, headers: { cookie, origin: 'http://elsewhere' } };
  assert.equal(errorOf(await ask(path, foreign)), 'WRONG_ORIGIN');
  assert.equal(errorOf(await ask('/api/guests/g/drop/wrong', signedIn)), 'BAD_REQUEST');
});

test('signing out ends an upload that is under way', async () => {
  const cookie = cookieOf(await signIn());
  const uploading = nextUpload();
  const outgoing = request({
    host: '127.0.0.1',
    port: gateway.port,
    path: '/api/guests/g/drop/token',
    method: 'PUT',
    headers: { ...origin(), cookie, 'content-length': '1000' },
    agent: false,
  });
  const gone = new Promise((resolve) => outgoing.once('error', resolve));
  outgoing.write('half');
  const signal = await uploading;
  assert.equal(signal.aborted, false);
  await ask('/api/session', { method: 'DELETE', headers: { ...origin(), cookie } });
  assert.equal(signal.reason.code, 'NOT_SIGNED_IN');
  await gone;
});
