// What can be wrong around RayOS: each is a sentence that says what happened and what to do next, and
// leaves nothing half-made behind.

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ErrorBody } from '../src/contracts/index.ts';
import { TestRayos } from './harness/rayos.ts';

const folder = mkdtempSync(join(tmpdir(), 'rayos-bad-'));
chmodSync(folder, 0o755); // guests' users run what is in it
after(() => rmSync(folder, { recursive: true }));

/** A program that stands in QEMU's place, to be wrong in one way. */
function brokenQemu(name: string, script: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

async function errorOf(rayos: TestRayos, command: string, args: object): Promise<ErrorBody> {
  const answer = await rayos.ask(command, args);
  assert.ok('error' in answer, `${command} was done`);
  assert.ok(answer.error.message.length > 10 && answer.error.next.length > 10);
  assert.doesNotMatch(
    `${answer.error.message} ${answer.error.next}`,
    /undefined|\bat .*\.ts|\{\w+\}|…/,
  );
  return answer.error;
}

async function withGuest(qemu: string): Promise<TestRayos> {
  const rayos = await TestRayos.start([], { RAYOS_QEMU: qemu, RAYOS_CACHE: join(folder, 'cache') });
  await rayos.run('guest.create', { name: 'rescue-desktop' });
  return rayos;
}

test('no QEMU, or one that is too old, or one without the D-Bus display', async () => {
  const cases = [
    ['/nonexistent/qemu', 'QEMU_MISSING', /apt-get install/],
    [brokenQemu('old', 'echo "QEMU emulator version 6.2.0 (Debian)"'), 'QEMU_TOO_OLD', /7\.2/],
    [
      brokenQemu(
        'blind',
        `case "$*" in *--version*) echo "QEMU emulator version 8.0.0";; *"display help"*) echo none;; *) exec /usr/bin/qemu-system-x86_64 "$@";; esac`,
      ),
      'QEMU_UNSUITABLE',
      /apt-get install/,
    ],
  ] as const;
  for (const [qemu, code, next] of cases) {
    await using rayos = await withGuest(qemu);
    const probed = await errorOf(rayos, 'hypervisor.probe', { fresh: true });
    assert.equal(probed.code, code);
    assert.match(probed.next, next);
  }
});

test('a guest that dies at its start is failed, with the last words of QEMU', async () => {
  const qemu = brokenQemu(
    'dies',
    'case "$*" in *virtio-gpu*) echo "could not allocate memory for the guest" >&2; exit 1;; *) exec /usr/bin/qemu-system-x86_64 "$@";; esac',
  );
  await using rayos = await TestRayos.start([], { RAYOS_QEMU: qemu });
  await rayos.run('guest.create', { name: 'rescue-desktop' });
  const error = await errorOf(rayos, 'guest.present', { guest: 'rescue-desktop' });
  assert.equal(error.code, 'GUEST_DIED');
  assert.match(error.message, /could not allocate memory for the guest/);
  await rayos.marker('GUEST:FAILED');
  const { guests } = await rayos.run('guest.list', {});
  assert.partialDeepStrictEqual(guests[0], { state: 'failed', presented: false });
  assert.match(guests[0]?.reason ?? '', /could not allocate/);
  assert.deepEqual((await rayos.run('surface.list', {})).surfaces, []);
});

test('a guest image that was not built', async () => {
  await using rayos = await withGuest('/usr/bin/qemu-system-x86_64');
  const error = await errorOf(rayos, 'guest.start', { guest: 'rescue-desktop' });
  assert.equal(error.code, 'IMAGE_MISSING');
  assert.match(error.next, /npm run guest-image/);
});

test('unknown guests, commands, keys and arguments', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: 'rescue-desktop' });
  assert.match((await errorOf(rayos, 'guest.start', { guest: 'windows' })).next, /rescue-desktop/);
  assert.equal((await errorOf(rayos, 'guest.levitate', {})).code, 'UNKNOWN_COMMAND');
  assert.equal((await errorOf(rayos, 'guest.list', { colour: 'red' })).code, 'BAD_REQUEST');
  assert.equal((await errorOf(rayos, 'guest.create', { name: '../../etc' })).code, 'BAD_REQUEST');
  assert.equal(
    (await errorOf(rayos, 'guest.create', { name: 'rescue-desktop' })).code,
    'GUEST_EXISTS',
  );
  assert.equal(
    (await errorOf(rayos, 'guest.create', { name: 'x', recipe: 'windows' })).code,
    'BAD_REQUEST',
  );
  assert.equal(
    (await errorOf(rayos, 'guest.pause', { guest: 'rescue-desktop' })).code,
    'GUEST_NOT_RUNNING',
  );
  assert.equal((await errorOf(rayos, 'input.type', { text: 'hello' })).code, 'NOTHING_PRESENTED');
  assert.equal(
    (await errorOf(rayos, 'input.type', { text: 'hello', guest: 'rescue' })).code,
    'NOT_PRESENTED',
  );
  assert.equal(
    (await errorOf(rayos, 'intent.resolve', { text: 'make me a sandwich' })).code,
    'NOT_UNDERSTOOD',
  );
});

test('delete asks first, does what it said, and leaves nothing', async () => {
  await using rayos = await TestRayos.start();
  await rayos.run('guest.create', { name: 'old' });
  const asked = await rayos.ask('guest.delete', { guest: 'old' });
  assert.ok('consent' in asked && asked.consent !== undefined && asked.plan !== undefined);
  assert.equal(asked.plan.target, 'old');
  await rayos.run('guest.delete', { guest: 'old' }, asked.consent);
  assert.deepEqual((await rayos.run('guest.list', {})).guests, []);
  const left = join(rayos.stateDir, 'guests');
  assert.deepEqual(existsSync(left) ? readdirSync(left) : [], []);
});

test('a port that is taken, and a RayOS that runs already', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as { port: number };
  await assert.rejects(
    TestRayos.start(['--port', String(port)]),
    (thrown: Error) =>
      thrown.message.includes(`port ${port}`) && thrown.message.includes(`RAYOS_PORT=${port + 1}`),
  );
  other.close();
  await using rayos = await TestRayos.start();
  await assert.rejects(rayos.second(), /another RayOS/);
});

test('a broken policy file means safe mode: looking and stopping only, and it says why', async () => {
  const rayos = await TestRayos.start();
  await rayos.stop();
  writeFileSync(join(rayos.stateDir, 'policy.toml'), 'schema = 1\nprofile = [broken');
  await using safe = rayos;
  await safe.boot();
  assert.match(safe.output, /safe mode/);
  await safe.marker('POLICY:SAFE_MODE');
  const refused = await errorOf(safe, 'guest.create', { name: 'x' });
  assert.equal(refused.code, 'POLICY_DENIED');
  assert.match(refused.message, /safe mode/);
  assert.equal((await safe.run('system.status', {})).policy.safeMode, true);
});
