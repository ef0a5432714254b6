// Guests outlive rayosd: it may be killed at any time, and the next one takes charge of what runs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runs, TestRayos } from './harness/rayos.ts';

const guest = 'rescue-desktop';

test('kill -9 of rayosd under a running guest: the next one has it again, screen, keys and session', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.present', { guest });
  await rayos.run('input.type', { text: 'MARK=still-here; echo it-is-set > /dev/ttyS0' });
  await rayos.run('input.press', { keys: 'enter' });
  await rayos.serialSays(guest, 'it-is-set');
  const { pid = 0 } = await rayos.run('guest.show', { guest });
  await rayos.kill();
  assert.ok(runs(pid));

  await rayos.boot();
  await rayos.marker('GUEST:REATTACHED');
  const shown = await rayos.run('guest.present', { guest });
  assert.partialDeepStrictEqual(shown.guest, { state: 'running', ready: true, presented: true });
  await rayos.run('input.type', { text: 'echo $MARK > /dev/ttyS0' });
  await rayos.run('input.press', { keys: 'enter' });
  await rayos.serialSays(guest, 'still-here');
  assert.equal((await rayos.run('guest.show', { guest })).pid, pid);

  await rayos.run('guest.stop', { guest });
  assert.equal(runs(pid), false);
  await rayos.marker('PRESENTATION:SURFACE_DESTROYED');
  assert.ok(
    !rayos.markers.some(({ name }) => name === 'PRESENTATION:FRAMER_LOST'),
    'a guest that stops loses no picture',
  );
});

test('kill -9 of rayosd while a guest starts: there is one QEMU of it, or none, and it can be started', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  void rayos.run('guest.start', { guest }).catch(() => undefined);
  await rayos.marker('GUEST:STARTING');
  await rayos.kill();
  await rayos.boot();
  await rayos.run('guest.start', { guest });
  await rayos.run('guest.stop', { guest });
  assert.equal((await rayos.run('guest.list', {})).guests[0]?.state, 'stopped');
});

test('a QEMU that does not answer holds nothing up: it is failed, in words, and can be killed', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.run('guest.start', { guest });
  const { pid = 0 } = await rayos.run('guest.show', { guest });
  await rayos.kill();
  process.kill(pid, 'SIGSTOP');
  await rayos.boot();
  const [stuck] = (await rayos.run('guest.list', {})).guests;
  assert.equal(stuck?.state, 'failed');
  assert.match(stuck?.reason ?? '', /does not answer.*guest kill/);
  const asked = await rayos.ask('guest.kill', { guest });
  assert.ok('consent' in asked && asked.consent !== undefined);
  await rayos.run('guest.kill', { guest }, asked.consent);
  assert.equal(runs(pid), false);
  await rayos.run('guest.start', { guest });
});

test('killing a guest that starts ends the start; who waited is told, and rayosd goes on', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  const starting = rayos.ask('guest.start', { guest });
  await rayos.marker('GUEST:RUNNING');
  const asked = await rayos.ask('guest.kill', { guest });
  assert.ok('consent' in asked && asked.consent !== undefined);
  await rayos.run('guest.kill', { guest }, asked.consent);
  const answer = await starting;
  assert.ok('error' in answer);
  assert.match(answer.error.message, /stopped while it started|killed while it started/);
  assert.equal((await rayos.run('guest.list', {})).guests[0]?.state, 'stopped');
});

test('a caller who hangs up while a guest starts does no harm', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  await rayos.hangUp('guest.start', { guest });
  await rayos.marker('GUEST:READY');
  const asked = await rayos.ask('guest.kill', { guest });
  assert.ok('consent' in asked && asked.consent !== undefined);
  await rayos.run('guest.kill', { guest }, asked.consent);
  await rayos.run('system.status', {});
});

test('Ctrl-C while a guest starts leaves no QEMU behind', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: guest });
  void rayos.run('guest.start', { guest }).catch(() => undefined);
  await rayos.marker('GUEST:RUNNING');
  const { pid = 0 } = await rayos.run('guest.show', { guest });
  assert.equal(await rayos.stop(), 0);
  assert.equal(runs(pid), false);
});
