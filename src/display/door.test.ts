import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMarker, type MarkerArguments, type MarkerName } from '../contracts/index.ts';
import { sleep } from '../foundation/clock.ts';
import { until } from '../foundation/testing-until.ts';
import { DisplayDoor } from './door.ts';
import { DoorClient, retryMs } from './supervisor/door-client.ts';

type Opened = { readonly path: string; readonly markers: string[]; readonly door: DisplayDoor };

async function withDoor(act: (opened: Opened) => Promise<void>, now?: () => number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-door-'));
  try {
    const path = join(folder, 'door');
    const markers: string[] = [];
    await using door = await open(path, markers, now);
    await act({ path, markers, door });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A client's waits, shortened. */
const briefly: typeof sleep = (ms, signal) => sleep(Math.min(ms, 20), signal);

let logins = 0;

function open(path: string, markers: string[], now?: () => number): Promise<DisplayDoor> {
  return DisplayDoor.open({
    path,
    login: () => `http://127.0.0.1:7600/#token=${++logins}`,
    mark: <N extends MarkerName>(name: N, args: MarkerArguments<N>) =>
      void markers.push(formatMarker(name, args)),
    ...(now && { now }),
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
  const client = new DoorClient(path, briefly);
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
    odd.write('GET / HTTP/1.1\n{"state":"console","reason":"too-late"}\n');
    await closed(odd);
    assert.deepEqual(markers, [], 'nothing is heard of it any more');
    const flood = connect(path);
    flood.on('error', () => {});
    flood.write('{"state":"lost","reason":"again"}\n'.repeat(500));
    await closed(flood);
    assert.ok(markers.length <= 20, `${markers.length} markers`);
    assert.equal(door.state?.state, 'lost');
  });
});

test('who goes on talking while it is refused is heard again a minute after what was heard', async () => {
  let now = 0;
  const stop = new AbortController();
  await withDoor(
    async ({ path, markers, door }) => {
      const flood = connect(path);
      flood.on('error', () => {});
      flood.write('{"state":"lost","reason":"again"}\n'.repeat(20));
      await until(() => markers.length === 20, 'as much news as is heard in a minute');
      let refusals = 0;
      const client = new DoorClient(path, async (ms, signal) => {
        if (ms > retryMs) refusals++;
        // Each refusal is two seconds later: they are as many as would fill another minute.
        now += 2000;
        await briefly(ms, signal);
      });
      const staying = client.stay(stop.signal);
      client.tell({ state: 'shown', output: 'Virtual-1' });
      await until(() => door.state?.state === 'shown', 'the display to be shown');
      assert.ok(refusals > 0, 'it pauses longer');
      stop.abort();
      await staying;
    },
    () => now,
  );
});

test('a login that waits when the door closes is asked for again at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-door-'));
  const path = join(folder, 'door');
  let connections = 0;
  const server = createServer((socket) => {
    socket.once('data', () => {
      if (++connections === 1) socket.destroy();
      else socket.end('{"address":"http://127.0.0.1:7600/#token=x"}\n');
    });
  });
  const listening = Promise.withResolvers<void>();
  server.listen(path, () => listening.resolve());
  try {
    await listening.promise;
    const client = new DoorClient(path, briefly);
    const address = await client.login(AbortSignal.timeout(10_000));
    assert.match(address, /token=x/);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
