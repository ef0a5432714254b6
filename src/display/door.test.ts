import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMarker, type MarkerArguments, type MarkerName } from '../contracts/index.ts';
import { until } from '../foundation/testing-until.ts';
import { DisplayDoor } from './door.ts';
import { DoorClient } from './supervisor/door-client.ts';

type Opened = { readonly path: string; readonly markers: string[]; readonly door: DisplayDoor };

async function withDoor(act: (opened: Opened) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-door-'));
  try {
    const path = join(folder, 'door');
    const markers: string[] = [];
    await using door = await open(path, markers);
    await act({ path, markers, door });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let logins = 0;

function open(path: string, markers: string[]): Promise<DisplayDoor> {
  return DisplayDoor.open({
    path,
    login: () => `http://127.0.0.1:7600/#token=${++logins}`,
    mark: <N extends MarkerName>(name: N, args: MarkerArguments<N>) =>
      void markers.push(formatMarker(name, args)),
  });
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('the display is signed in, and what becomes of it is marked', async () => {
  await withDoor(async ({ path, markers, door }) => {
    assert.equal(statSync(path).mode & 0o777, 0o660);
    const stop = new AbortController();
    const client = new DoorClient(path);
    const first = await client.login(stop.signal);
    assert.match(first, /^http:\/\/127\.0\.0\.1:7600\/#token=/);
    assert.notEqual(await client.login(stop.signal), first);
    assert.equal(door.state, undefined);
    client.tell({ state: 'shown', output: 'Virtual-1' });
    await until(() => door.state?.state === 'shown', 'the display to be shown');
    client.tell({ state: 'lost', reason: 'page-crashed' });
    client.tell({ state: 'console', reason: 'page-crashed' });
    await until(() => door.state?.state === 'console', 'the display to be console');
    assert.deepEqual(markers, [
      'RAYOS_PRESENTATION:DESKTOP_SHOWN:Virtual-1',
      'RAYOS_PRESENTATION:DISPLAY_LOST:page-crashed',
      'RAYOS_PRESENTATION:CONSOLE_SHOWN:page-crashed',
    ]);
    const staying = client.stay(stop.signal);
    stop.abort();
    await staying;
  });
});

test('a display whose supervisor ends is lost', async () => {
  await withDoor(async ({ path, markers, door }) => {
    const socket = connect(path);
    socket.write('{"state":"shown","output":"Virtual-1"}\n');
    await until(() => door.state?.state === 'shown', 'the display to be shown');
    socket.destroy();
    await until(() => door.state?.state === 'lost', 'the display to be lost');
    assert.equal(markers.at(-1), 'RAYOS_PRESENTATION:DISPLAY_LOST:its-supervisor-ended');
  });
});

test('a rayosd that comes back finds the display, and hears how it is', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-door-'));
  const path = join(folder, 'door');
  const stop = new AbortController();
  const client = new DoorClient(path);
  const staying = client.stay(stop.signal);
  try {
    // Asked before there is a rayosd: it waits.
    const login = client.login(stop.signal);
    {
      await using _first = await open(path, []);
      await login;
      client.tell({ state: 'shown', output: 'Virtual-1' });
    }
    const markers: string[] = [];
    await using second = await open(path, markers);
    await until(() => second.state?.state === 'shown', 'the display to be shown');
    assert.deepEqual(markers, ['RAYOS_PRESENTATION:DESKTOP_SHOWN:Virtual-1']);
  } finally {
    stop.abort();
    await staying;
    rmSync(folder, { recursive: true });
  }
});

test('who says what is no line is turned away, and a flood is not written down', async () => {
  await withDoor(async ({ path, markers, door }) => {
    const odd = connect(path);
    odd.write('GET / HTTP/1.1\n');
    await closed(odd);
    const flood = connect(path);
    flood.on('error', () => {});
    flood.write('{"state":"lost","reason":"again"}\n'.repeat(500));
    await closed(flood);
    assert.ok(markers.length <= 20, `${markers.length} markers`);
    assert.equal(door.state?.state, 'lost');
  });
});
