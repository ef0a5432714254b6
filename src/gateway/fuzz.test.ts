// Requests that are nearly right, as bytes on the gateway's two real listeners: each is answered by a declared
// error or what it asks for, or its connection ends; none is a fault of RayOS, and the next one is answered.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { errors, RayError } from '../contracts/index.ts';
import { Audit, auditMigration, Dispatch, type Handlers } from '../dispatch/index.ts';
import { openStore } from '../foundation/index.ts';
import { corpusOf, mutated, type Seed } from '../foundation/testing-fuzz.ts';
import { Recorder } from '../log/index.ts';
import { defaultPolicyText, parsePolicy } from '../policy/index.ts';
import { type Gateway, openGateway, Sessions, sessionMigration } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'rayos-gateway-fuzz-'));
const socket = join(folder, 's');
let gateway: Gateway;
let seeds: Seed[];
const store = openStore(':memory:', [auditMigration, sessionMigration]);

/** Whatever passes all checks is a guest that is not there. */
const handlers = new Proxy({} as Record<string, unknown>, {
  get: (_target, name) =>
    name === 'guest.list'
      ? { run: () => ({ guests: [] }) }
      : {
          run: () => {
            throw new RayError('GUEST_UNKNOWN', 'there is no such guest', { known: 'none' });
          },
        },
}) as unknown as Handlers;

before(async () => {
  const desktop = join(folder, 'desktop');
  mkdirSync(desktop);
  writeFileSync(join(desktop, 'index.html'), '<!doctype html><title>RayOS</title>');
  const recorder = new Recorder({ file: join(folder, 'log') });
  const sessions = new Sessions(store);
  const audit = new Audit(store, recorder.mark);
  const policy = { file: 'policy.toml', policy: parsePolicy(defaultPolicyText) };
  const dispatch = new Dispatch({ handlers, policy, audit, mark: recorder.mark });
  const drops = {
    async take(_guest: string, _token: string, body: AsyncIterable<Buffer>) {
      for await (const _ of body);
      throw new RayError('BAD_REQUEST', 'this place for a file is not known', {
        command: 'folder drop',
      });
    },
  };
  const viewers = { attachViewer: (_: string, it: Socket) => void it.destroy(), endViewers() {} };
  gateway = await openGateway(
    { dispatch, sessions, audit, recorder, drops, viewers, desktop, version: '0.0.0' },
    { port: 0, socket },
  );
  const cookie = sessions.signIn(sessions.offerLogin()) ?? '';
  seeds = corpusOf(join(import.meta.dirname, 'corpus')).map(({ name, bytes }) => ({
    name,
    bytes: Buffer.from(
      bytes
        .toString('latin1')
        .replaceAll('PORT', String(gateway.port))
        .replaceAll('COOKIE', cookie),
      'latin1',
    ),
  }));
});

after(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Sends bytes and no more; what came back before the connection ended. */
function speak(to: { port: number; host: string } | { path: string }, bytes: Buffer) {
  return new Promise<string>((resolve) => {
    const client = connect(to);
    let text = '';
    client.setEncoding('latin1');
    client.on('data', (chunk: string) => {
      text += chunk;
    });
    client.on('error', () => {});
    client.on('close', () => resolve(text));
    client.end(bytes);
  });
}

const known = new Set<number>([
  ...Object.values(errors).map(({ status }) => status),
  ...[101, 200, 204, 206, 304, 400, 404, 405, 408, 413, 414, 415, 416, 417, 426, 431, 505],
]);
const statusOf = (text: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);

function assertAnswer(text: string): void {
  if (text === '') return; // it was no request, and its connection was closed
  const status = statusOf(text);
  assert.ok(known.has(status), text.slice(0, 300));
  assert.doesNotMatch(text, /"code":"INTERNAL"|\bat .*\.[jt]s:\d+/, text.slice(0, 2000));
}

const tcp = () => ({ port: gateway.port, host: '127.0.0.1' });

test('the corpus is answered as its names say', async () => {
  const statuses: Record<string, number> = {};
  for (const { name, bytes } of seeds) {
    const text = await speak(tcp(), bytes);
    assertAnswer(text);
    statuses[name] = statusOf(text);
  }
  assert.partialDeepStrictEqual(statuses, {
    'above.http': 400,
    'chunked.http': 200,
    'command.http': 200,
    'consent.http': 409,
    'drop.http': 400,
    'session.http': 401,
  });
});

test('requests that are nearly right, from browsers and from the terminal', {
  timeout: 120_000,
}, async () => {
  const whole = seeds.find(({ name }) => name === 'command.http')?.bytes ?? Buffer.alloc(0);
  await fc.assert(
    fc.asyncProperty(mutated(seeds), fc.boolean(), async (bytes, isTerminal) => {
      assertAnswer(await speak(isTerminal ? { path: socket } : tcp(), bytes));
    }),
    { numRuns: 700 },
  );
  assert.equal(statusOf(await speak(tcp(), whole)), 200, 'it still answers');
});

test('bodies that are nearly right, to every command', { timeout: 120_000 }, async () => {
  const names = ['guest.create', 'guest.set', 'input.click', 'clipboard.write', 'snapshot.take'];
  const values = fc.dictionary(
    fc.constantFrom('arguments', 'consent', 'guest', '__proto__', 'constructor'),
    fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('guest', 'name', 'x', 'text'), fc.jsonValue()),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), values, async (name, value) => {
      const body = Buffer.from(JSON.stringify(value));
      const head = [
        `POST /api/commands/${name} HTTP/1.1`,
        'Host: rayos',
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        'Connection: close',
      ].join('\r\n');
      const text = await speak(
        { path: socket },
        Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]),
      );
      assert.notEqual(text, '');
      assertAnswer(text);
    }),
    { numRuns: 400 },
  );
});
