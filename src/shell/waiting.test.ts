// Commands that go on: streams, signals, and what is said only once it is so.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { startDaemon } from './testing/daemon.ts';
import { rayos, spawnRayos } from './testing/rayos.ts';

const marker = (sequence: number) => ({
  sequence,
  time: '2026-07-03T12:00:00.000Z',
  name: 'GUEST:READY',
  line: `RAYOS_GUEST:READY:linux-desktop:${sequence}`,
  arguments: { guest: 'linux-desktop', milliseconds: sequence },
});

test('markers are lines for programs too, and --follow goes on until Ctrl-C', async () => {
  async function* endless() {
    yield marker(1);
    yield marker(2);
    await new Promise(() => {});
  }
  await using daemon = await startDaemon({
    'log.markers': ({ follow }) =>
      follow
        ? endless()
        : (async function* () {
            yield marker(7);
          })(),
  });
  const once_ = await rayos(['markers'], daemon.env);
  assert.equal(once_.out, 'RAYOS_GUEST:READY:linux-desktop:7\n');
  const json = await rayos(['markers', '--json'], daemon.env);
  assert.deepEqual(JSON.parse(json.out), marker(7));
  const following = spawnRayos(['markers', '--follow'], daemon.env);
  let out = '';
  for await (const chunk of following.stdout ?? []) {
    out += String(chunk);
    if (out.split('\n').length > 2) break;
  }
  following.kill('SIGINT');
  const [code] = await once(following, 'exit');
  assert.equal(code, 0);
  assert.equal(out, 'RAYOS_GUEST:READY:linux-desktop:1\nRAYOS_GUEST:READY:linux-desktop:2\n');
});

test('a reader that goes away ends rayos quietly', async () => {
  await using daemon = await startDaemon({
    'log.markers': async function* () {
      for (let i = 0; ; i++) {
        yield marker(i);
        if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    },
  });
  const following = spawnRayos(['markers', '--follow'], daemon.env);
  await once(following.stdout ?? following, 'data');
  following.stdout?.destroy();
  const [code] = await once(following, 'exit');
  assert.equal(code, 0);
});

test('Ctrl-C stops waiting, and a shell sees that the signal did it', async () => {
  const asked = Promise.withResolvers<void>();
  await using daemon = await startDaemon({
    'guest.start': () => {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const waiting = spawnRayos(['guest', 'start', 'linux'], daemon.env);
  await asked.promise;
  waiting.kill('SIGINT');
  const [code, signal] = await once(waiting, 'exit');
  assert.deepEqual([code, signal], [null, 'SIGINT']);
});

test('"stopped" is said once nothing answers any more', async () => {
  let looks = 0;
  await using daemon = await startDaemon(
    { 'system.shutdown': () => ({ stopping: true }) },
    { onLook: () => void (++looks === 2 && daemon.stop()) },
  );
  const { out } = await rayos(['shutdown'], daemon.env);
  assert.equal(out, 'RayOS has stopped.\n');
  assert.equal(looks, 2, 'it was there, and so nothing was said yet');
});
