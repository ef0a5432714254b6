import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAlive, openStore, own, paths, Ring, sleep, takeLock, within } from './index.ts';

test('a ring keeps the newest values, oldest first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (values, capacity) => {
      const ring = new Ring<number>(capacity);
      for (const value of values) ring.push(value);
      assert.deepEqual([...ring], values.slice(-capacity));
    }),
  );
});

test('the store runs each migration step once, keeps its file to its owner, and refuses a newer one', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-store-'));
  const file = join(dir, 'rayos.db');
  const first = { room: 'guest', steps: ['CREATE TABLE guest (id TEXT) STRICT'] };
  const second = {
    room: 'guest',
    steps: [...first.steps, 'ALTER TABLE guest ADD COLUMN name TEXT'],
  };
  openStore(file, [first])[Symbol.dispose]();
  {
    using store = openStore(file, [second]);
    store.database.exec("INSERT INTO guest VALUES ('1', 'linux')");
  }
  assert.throws(() => openStore(file, [first]), /newer RayOS/);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  rmSync(dir, { recursive: true });
});

test('a transaction that throws leaves nothing behind', () => {
  using store = openStore(':memory:', [
    { room: 'r', steps: ['CREATE TABLE t (x INTEGER) STRICT'] },
  ]);
  assert.throws(() =>
    store.transaction(() => {
      store.database.exec('INSERT INTO t VALUES (1)');
      throw new Error('power cut');
    }),
  );
  assert.equal(store.database.prepare('SELECT count(*) AS n FROM t').get()?.n, 0);
});

test('a lock has one holder, and dies with it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-lock-'));
  const file = join(dir, 'lock.db');
  const program = `import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))}; takeLock(process.argv[1]); console.log('held'); setInterval(() => {}, 1000);`;
  await using holder = own(
    spawn(process.execPath, ['--input-type=module', '-e', program, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  await new Promise((resolve) => holder.process.stdout?.once('data', resolve));
  assert.equal(takeLock(file), undefined);
  holder.process.kill('SIGKILL');
  await holder.exited;
  using mine = takeLock(file);
  assert.ok(mine);
  rmSync(dir, { recursive: true });
});

test('an owned child that ignores SIGTERM is gone after its owner', async () => {
  let pid = 0;
  {
    await using child = own(
      spawn('sh', ['-c', 'trap "" TERM; echo up; while :; do sleep 1; done'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    );
    pid = child.process.pid ?? 0;
    await new Promise((resolve) => child.process.stdout?.once('data', resolve));
    await child.stop(50);
  }
  assert.equal(isAlive(pid), false);
});

test('a program that is not there is an exit, not a crash', async () => {
  await using child = own(spawn('/nonexistent/program'));
  assert.deepEqual(await child.exited, { code: 127, signal: null });
});

test('waits end with their signal, at once and with its reason', async () => {
  const controller = new AbortController();
  const reason = new Error('asked to stop');
  const never = new Promise<void>(() => undefined);
  const waits = [
    sleep(1_000_000, controller.signal),
    within(never, 1_000_000, () => new Error('late'), controller.signal),
  ];
  controller.abort(reason);
  for (const wait of waits) await assert.rejects(wait, reason);
});

test('sockets have paths short enough for the kernel, wherever the state is', () => {
  const { socket, stateDir } = paths({ RAYOS_STATE: `/tmp/${'deep/'.repeat(40)}state` });
  assert.ok(stateDir.length > 200);
  assert.ok(`${socket}/guests/12345678/agent.sock`.length < 107);
});

test('every state folder has a socket of its own', () => {
  const states = [
    {},
    { XDG_STATE_HOME: '/tmp/a' },
    { XDG_STATE_HOME: '/tmp/b' },
    { RAYOS_STATE: '/tmp/c' },
  ].map((env) => paths({ XDG_RUNTIME_DIR: '/run/user/1', ...env }));
  const folders = new Map(states.map(({ stateDir, socket }) => [stateDir, socket]));
  assert.equal(new Set(folders.values()).size, folders.size);
  const { stateDir, socket } = paths({});
  assert.equal(paths({ RAYOS_STATE: stateDir }).socket, socket);
});
