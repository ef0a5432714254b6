import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../../contracts/errors.ts';
import {
  apiCheck,
  ask,
  consoleCheck,
  type DiskCalls,
  diskRoomCheck,
  displayCheck,
  stateCheck,
} from './index.ts';

const { signal } = new AbortController();
const gib = 2 ** 30;

function folder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'rayos-checks-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('state: written for real; a full disk is degraded, a broken one is bad', async () => {
  using dir = folder();
  assert.equal((await ask(stateCheck(dir.path), signal)).state, 'good');
  assert.deepEqual(readdirSync(dir.path), ['.boot-check'], 'no temporary file is left');
  const failing = (code: string): DiskCalls => ({
    write: () => {
      const cause = Object.assign(new Error(code), { code });
      throw new RayError('STATE_UNWRITABLE', `cannot write: ${code}`, {}, cause);
    },
    room: () => ({ free: 0, size: 0 }),
  });
  for (const [code, state] of [
    ['ENOSPC', 'degraded'],
    ['EDQUOT', 'degraded'],
    ['EROFS', 'bad'],
    ['EIO', 'bad'],
  ] as const)
    assert.equal((await ask(stateCheck(dir.path, failing(code)), signal)).state, state, code);
});

test('disk: nearly full is degraded, and never bad', async () => {
  const room = (free: number, size: number) =>
    ask(diskRoomCheck('/', { write: () => {}, room: () => ({ free, size }) }), signal);
  assert.equal((await room(100 * gib, 1000 * gib)).state, 'good');
  assert.equal((await room(0.9 * gib, 4 * gib)).state, 'good', 'a small disk is not a full one');
  const full = await room(0, 16 * gib);
  assert.equal(full.state, 'degraded');
  assert.match(full.words, /nearly full: 0 MiB of 16384 are free/);
});

test('display: by what is connected', async () => {
  using dir = folder();
  assert.equal((await ask(displayCheck(join(dir.path, 'none')), signal)).state, 'degraded');
  for (const [name, status] of [
    ['card0-HDMI-A-1', 'disconnected\n'],
    ['card0-DP-1', 'connected\n'],
  ] as const) {
    mkdirSync(join(dir.path, name));
    writeFileSync(join(dir.path, name, 'status'), status);
  }
  mkdirSync(join(dir.path, 'card0'));
  assert.deepEqual(await ask(displayCheck(dir.path), signal), {
    ...{ state: 'good', words: 'connected: DP-1' },
  });
});

test('api: both doors have to answer as RayOS does', async () => {
  using dir = folder();
  const answers = {
    terminal: [200, '{"actor":"person:terminal"}'] as [number, string],
    browser: [401, '{"error":{"code":"NOT_SIGNED_IN"}}'] as [number, string],
  };
  const serve = async (which: keyof typeof answers, where: string | number) => {
    const server = createServer((_request, response) => {
      const [status, body] = answers[which];
      response.writeHead(status).end(body);
    });
    server.listen(where);
    await once(server, 'listening');
    return server;
  };
  const socket = join(dir.path, 'rayosd.sock');
  const local = await serve('terminal', socket);
  const tcp = await serve('browser', 0);
  try {
    const { port } = tcp.address() as AddressInfo;
    const check = apiCheck({ socket, port: () => port });
    assert.equal((await ask(check, signal)).state, 'good');
    answers.browser = [200, '{"actor":"person:browser"}'];
    assert.equal((await ask(check, signal)).state, 'bad', 'whoever asks is let in');
    answers.terminal = [500, ''];
    assert.equal((await ask(check, signal)).state, 'bad');
    const gone = apiCheck({ socket: join(dir.path, 'none'), port: () => port });
    assert.equal((await ask(gone, signal)).state, 'bad');
  } finally {
    local.close();
    tcp.close();
  }
});

test('console: the program has to end well; one that hangs is ended with the check', async () => {
  const node = (code: string) => consoleCheck(process.execPath, ['-e', code]);
  assert.equal((await ask(node(''), signal)).state, 'good');
  const failed = await ask(
    node('console.error("RayOS is not running here"); process.exit(1)'),
    signal,
  );
  assert.deepEqual(failed, { state: 'bad', words: 'it ended with 1: RayOS is not running here' });
  const hangs = await ask({ ...node('setInterval(() => {}, 1000)'), limitMs: 300 }, signal);
  assert.deepEqual(hangs, { state: 'bad', words: 'no answer within 0.3 s' });
});
