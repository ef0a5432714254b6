import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { after, before, test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { Audit, auditMigration, Dispatch, type Handlers } from '../dispatch/index.ts';
import { openStore } from '../foundation/index.ts';
import { Recorder } from '../log/index.ts';
import { defaultPolicyText, parsePolicy } from '../policy/index.ts';
import { type Gateway, loginLifeMs, openGateway, Sessions, sessionMigration } from './index.ts';

let dir = '';
let gateway: Gateway;
let sessions: Sessions;
const parties: string[] = [];
const ended: string[] = [];
let handed: string[] = [];
let taking = Promise.withResolvers<AbortSignal>();
let audit: Audit;
const store = openStore(':memory:', [auditMigration, sessionMigration]);

/** One value, and no end before the signal's. */
async function* endless(type: string, signal: AbortSignal): AsyncGenerator<object> {
  yield { type };
  if (!signal.aborted) await once(signal, 'abort');
}

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'rayos-gateway-'));
  mkdirSync(join(dir, 'desktop'));
  writeFileSync(join(dir, 'desktop', 'index.html'), '<!doctype html><title>RayOS</title>');
  sessions = new Sessions(store);
  const recorder = new Recorder({ file: join(dir, 'log') });
  const handlers = {
    'guest.list': { run: () => ({ guests: [] }) },
    'guest.kill': { run: () => ({}) },
    'surface.view': { run: ({ surface }: { surface: string }) => ({ path: surface }) },
    'log.markers': {
      stream: ({ follow }: { follow?: boolean }, { signal }: { signal: AbortSignal }) =>
        follow ? endless('marker', signal) : recorder.markersSince(0),
    },
    'desktop.events': {
      stream: (_args: object, { signal }: { signal: AbortSignal }) => endless('state', signal),
    },
  } as unknown as Handlers;
  audit = new Audit(store, recorder.mark);
  const dispatch = new Dispatch({
    handlers,
    policy: { file: 'policy.toml', policy: parsePolicy(defaultPolicyText) },
    audit,
    mark: recorder.mark,
  });
  gateway = await openGateway(
    {
      dispatch,
      sessions,
      audit,
      recorder,
      drops: {
        take: async (guest, token, body, signal) => {
          taking.resolve(signal);
          addAbortSignal(signal, body);
          let text = '';
          for await (const chunk of body) text += chunk;
          if (token === 'wrong') throw new RayError('BAD_REQUEST', 'not known');
          return { file: `${guest}/${token}`, bytes: text.length };
        },
      },
      viewers: {
        attachViewer: (surface: string, socket: Socket, _head, _headers, party) => {
          handed.push(surface);
          parties.push(party);
          socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        },
        endViewers: (party) => void ended.push(party),
      },
      desktop: join(dir, 'desktop'),
      version: '0.0.0',
    },
    { port: 0, socket: join(dir, 's') },
  );
});

after(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true });
});

type Sent = {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  overSocket?: boolean;
};
type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};

/** One HTTP request, with every header as given: fetch would not let a test lie about Host and Origin. */
function ask(
  path: string,
  { method = 'GET', headers = {}, body, overSocket = false }: Sent = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const to = overSocket
      ? { socketPath: join(dir, 's') }
      : { host: '127.0.0.1', port: gateway.port };
    const outgoing = request(
      {
        ...to,
        path,
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    outgoing.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: '' });
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const origin = () => ({ origin: `http://127.0.0.1:${gateway.port}` });
const errorOf = (answer: Answer): string =>
  (JSON.parse(answer.body) as { error: { code: string } }).error.code;

async function signIn(): Promise<string> {
  const answer = await ask('/api/session', {
    method: 'POST',
    headers: origin(),
    body: { token: sessions.offerLogin() },
  });
  assert.equal(answer.status, 204);
  return String(answer.headers['set-cookie']);
}
const cookieOf = (setCookie: string) => setCookie.split(';')[0] ?? '';

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

test('a command that needs consent answers with the plan and a token', async () => {
  const answer = await ask('/api/commands/guest.kill', {
    method: 'POST',
    body: { arguments: { guest: 'x' } },
    overSocket: true,
  });
  assert.equal(answer.status, 409);
  const { error, plan, consent } = JSON.parse(answer.body) as {
    error: { code: string };
    plan: { command: string };
    consent: string;
  };
  assert.deepEqual(
    [error.code, plan.command, typeof consent],
    ['CONSENT_NEEDED', 'guest.kill', 'string'],
  );
});

test('malformed requests are told what is wrong with them', async () => {
  const post = (body: unknown) =>
    ask('/api/commands/guest.list', { method: 'POST', body, overSocket: true });
  for (const body of [
    [],
    'text',
    1,
    { arguments: [] },
    { arguments: { x: 1 } },
    { arguments: {}, consent: 5 },
  ])
    assert.equal(errorOf(await post(body)), 'BAD_REQUEST');
  assert.equal(
    errorOf(await ask('/api/commands/no.such', { method: 'POST', body: {}, overSocket: true })),
    'UNKNOWN_COMMAND',
  );
  assert.equal(
    (
      await ask('/api/commands/guest.list', {
        method: 'POST',
        body: { arguments: { x: 'y'.repeat(100_000) } },
        overSocket: true,
      })
    ).status,
    400,
  );
});

test('streams answer one value a line', async () => {
  const { body } = await ask('/api/commands/log.markers', {
    method: 'POST',
    body: { arguments: {} },
    overSocket: true,
  });
  const lines = body
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string });
  assert.equal(lines[0]?.name, 'GATEWAY:LISTENING');
});

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
  handed = [];
  assert.equal((await open({ cookie })).status, 403);
  assert.equal((await open(origin())).status, 401);
  assert.equal((await open({ cookie, origin: 'http://evil.example' })).status, 403);
  assert.equal((await open({ cookie, ...origin() }, '/api/surfaces/..%2f/viewer')).status, 404);
  assert.deepEqual(handed, []);
  assert.equal((await open({ cookie, ...origin() })).status, 101);
  assert.deepEqual(handed, ['linux-desktop.0']);
  const party = parties.at(-1) ?? '';
  assert.match(party, /^[0-9a-f]{32}$/);
  assert.ok(!cookie.includes(party));
  ended.length = 0;
  await ask('/api/session', { method: 'DELETE', headers: { cookie, ...origin() } });
  assert.deepEqual(ended, [party]);
  assert.equal((await open({ cookie, ...origin() })).status, 401);
});

test('a pixel stream is let in like its viewer, and needs a key', async () => {
  const cookie = cookieOf(await signIn());
  const path = '/api/surfaces/linux-desktop.0/pixels';
  const key = 'a'.repeat(32);
  handed = [];
  assert.equal((await ask(`${path}?key=${key}`)).status, 401);
  assert.equal((await ask(path, { headers: { cookie } })).status, 400);
  assert.equal((await ask(`${path}?key=..`, { headers: { cookie } })).status, 400);
  const foreign = { cookie, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
  assert.equal((await ask(`${path}?key=${key}`, { headers: foreign })).status, 403);
  assert.deepEqual(handed, []);
  await ask(`${path}?key=${key}`, { headers: { cookie } }).catch(() => {});
  assert.deepEqual(handed, ['linux-desktop.0']);
});

test('a taken port is said in words, with another one to try', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  const again = openGateway(
    {
      ...({} as Parameters<typeof openGateway>[0]),
      dispatch: {} as Dispatch,
      sessions,
      recorder: new Recorder({ file: join(dir, 'log2') }),
      audit,
      viewers: { attachViewer: () => undefined, endViewers: () => undefined },
      desktop: dir,
      version: '0',
    },
    { port, socket: join(dir, 's2') },
  );
  await assert.rejects(
    again,
    (thrown: unknown) =>
      (thrown as { code: string; next: string }).code === 'PORT_TAKEN' &&
      (thrown as { next: string }).next.includes(String(port + 1)),
  );
  assert.throws(() => statSync(join(dir, 's2')));
  other.close();
});

/** A request whose answer has no end: its first chunk, and its whole text once it has ended after all. */
async function listen(
  path: string,
  cookie: string,
  body?: object,
): Promise<{ first: string; whole: Promise<string>; close(): void }> {
  const outgoing = request({
    host: '127.0.0.1',
    port: gateway.port,
    path,
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...origin(), cookie, 'content-type': 'application/json' },
    agent: false,
  });
  outgoing.on('error', () => undefined);
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  response.on('data', (chunk: string) => {
    text += chunk;
  });
  const whole = once(response, 'end').then(() => text);
  whole.catch(() => undefined);
  await once(response, 'data');
  return { first: text, whole, close: () => outgoing.destroy() };
}

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

test('signing out ends an upload that is under way', async () => {
  const cookie = cookieOf(await signIn());
  taking = Promise.withResolvers();
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
  const signal = await taking.promise;
  assert.equal(signal.aborted, false);
  await ask('/api/session', { method: 'DELETE', headers: { ...origin(), cookie } });
  assert.equal(signal.reason.code, 'NOT_SIGNED_IN');
  await gone;
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
