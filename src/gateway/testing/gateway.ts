// A gateway for tests: real listeners, dispatch, audit and sessions, with handlers that answer at once, and
// who asks it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { RayError } from '../../contracts/index.ts';
import { Audit, auditMigration, Dispatch, type Handlers } from '../../dispatch/index.ts';
import { openStore } from '../../foundation/index.ts';
import { Recorder } from '../../log/index.ts';
import { defaultPolicyText, parsePolicy } from '../../policy/index.ts';
import { openGateway, Sessions, sessionMigration } from '../index.ts';

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

/** One value, and no end before the signal's. */
async function* endless(type: string, signal: AbortSignal): AsyncGenerator<object> {
  yield { type };
  if (!signal.aborted) await once(signal, 'abort');
}

const handlersWith = (recorder: Recorder) =>
  ({
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
  }) as unknown as Handlers;

/** Takes the bytes of a dropped file; whoever waits for the next one gets the signal that ends it. */
function startDrops() {
  let next = Promise.withResolvers<AbortSignal>();
  return {
    nextUpload: () => {
      next = Promise.withResolvers();
      return next.promise;
    },
    take: async (guest: string, token: string, body: IncomingMessage, signal: AbortSignal) => {
      next.resolve(signal);
      addAbortSignal(signal, body);
      let text = '';
      for await (const chunk of body) text += chunk;
      if (token === 'wrong') throw new RayError('BAD_REQUEST', 'not known');
      return { file: `${guest}/${token}`, bytes: text.length };
    },
  };
}

/** Notes whose sockets were handed on, for whom, and whose viewers were ended. */
function startViewers() {
  const handed: string[] = [];
  const parties: string[] = [];
  const ended: string[] = [];
  return {
    handed,
    parties,
    ended,
    attachViewer(surface: string, socket: Socket, _head: Buffer, _headers: object, party: string) {
      handed.push(surface);
      parties.push(party);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    },
    endViewers: (party: string) => void ended.push(party),
  };
}

export async function startGateway() {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-gateway-'));
  const socketPath = join(dir, 's');
  const desktop = join(dir, 'desktop');
  mkdirSync(desktop);
  writeFileSync(join(desktop, 'index.html'), '<!doctype html><title>RayOS</title>');
  const store = openStore(':memory:', [auditMigration, sessionMigration]);
  const sessions = new Sessions(store);
  const recorder = new Recorder({ file: join(dir, 'log') });
  const audit = new Audit(store, recorder.mark);
  const policy = { file: 'policy.toml', policy: parsePolicy(defaultPolicyText) };
  const handlers = handlersWith(recorder);
  const dispatch = new Dispatch({ handlers, policy, audit, mark: recorder.mark });
  const drops = startDrops();
  const viewers = startViewers();
  const parts = { dispatch, sessions, audit, recorder, drops, viewers, desktop, version: '0.0.0' };
  const gateway = await openGateway(parts, { port: 0, socket: socketPath });
  const origin = () => ({ origin: `http://127.0.0.1:${gateway.port}` });
  const overPort = () => ({ host: '127.0.0.1', port: gateway.port });

  /** One HTTP request, with every header as given: fetch would not let a test lie about Host and Origin. */
  const ask = (
    path: string,
    { method = 'GET', headers = {}, body, overSocket = false }: Sent = {},
  ): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...(overSocket ? { socketPath } : overPort()),
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

  const signIn = async (): Promise<string> => {
    const body = { token: sessions.offerLogin() };
    const answer = await ask('/api/session', { method: 'POST', headers: origin(), body });
    assert.equal(answer.status, 204);
    return String(answer.headers['set-cookie']);
  };

  /** A request whose answer has no end: its first chunk, and its whole text once it has ended after all. */
  const listen = async (path: string, cookie: string, body?: object) => {
    const outgoing = request({
      ...overPort(),
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
    return { first: text, whole, close: () => void outgoing.destroy() };
  };

  return {
    ...{ dir, gateway, parts, sessions, audit, store, viewers },
    ...{ nextUpload: drops.nextUpload, ask, listen, origin, signIn },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true });
    },
  };
}

export const cookieOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

export const errorOf = (answer: { readonly body: string }): string =>
  (JSON.parse(answer.body) as { error: { code: string } }).error.code;
