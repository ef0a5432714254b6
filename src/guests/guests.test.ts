import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, mkdtempSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { RayError } from '../contracts/index.ts';
import { limitRate, openStore } from '../foundation/index.ts';
import { LineSplitter, parseAgentLine } from './agent-lines.ts';
import { boundLog, maxLogBytes, openFreshLog } from './bounded-log.ts';
import { Exclusive } from './exclusive.ts';
import { guestMigration, Registry } from './index.ts';
import { plainSpec } from './spec.ts';

const wanted = {
  name: 'linux-desktop',
  title: 'Linux desktop',
  recipe: 'linux-desktop',
  spec: plainSpec,
  memoryMiB: 1024,
  cpus: 2,
};

test('the registry gives every guest an id and a user of its own, and refuses a name twice', () => {
  using store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const first = registry.insert(wanted);
  const second = registry.insert({ ...wanted, name: 'other' });
  assert.notEqual(first.uid, second.uid);
  assert.throws(
    () => registry.insert(wanted),
    (thrown: unknown) => thrown instanceof RayError && thrown.code === 'GUEST_EXISTS',
  );
  assert.equal(registry.all().length, 2);
});

test('what is known of a running guest survives in the registry, and goes with its process', () => {
  using store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const { id } = registry.insert(wanted);
  const process = {
    pid: 4321,
    startTime: 9_876_543_210,
    accelerator: 'tcg',
    started: '2026-11-23T07:00:00.000Z',
  } as const;
  registry.setProcess(id, process);
  registry.setState(id, 'failed', 'it died');
  assert.deepEqual(registry.get(id).process, process);
  assert.equal(registry.get(id).reason, 'it died');
  registry.setProcess(id, undefined);
  registry.setState(id, 'stopped');
  assert.equal(registry.get(id).process, undefined);
  assert.equal(registry.get(id).reason, undefined);
  registry.remove(id);
  assert.throws(() => registry.get(id), /no guest/);
});

test("the agent's words are read, and nothing else is", () => {
  assert.deepEqual(parseAgentLine('ready 4.91\r'), { type: 'ready' });
  assert.deepEqual(parseAgentLine('state starting'), { type: 'state', ready: false });
  assert.deepEqual(parseAgentLine('stopping'), { type: 'stopping' });
  for (const line of [
    '',
    'READY',
    'ready 1 2',
    'state',
    'state broken',
    'ready soon',
    'stopping now',
  ])
    assert.equal(parseAgentLine(line), undefined, line);
  fc.assert(fc.property(fc.string(), (line) => void parseAgentLine(line)));
});

test('lines come out whole however the stream is cut; endless ones are dropped to their end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z ]{0,30}$/)),
      fc.array(fc.nat(20)),
      (lines, cuts) => {
        const splitter = new LineSplitter();
        const got: string[] = [];
        let rest = lines.map((line) => `${line}\n`).join('');
        for (const cut of cuts) {
          got.push(...splitter.push(rest.slice(0, cut)));
          rest = rest.slice(cut);
        }
        got.push(...splitter.push(rest));
        assert.deepEqual(got, lines);
      },
    ),
  );
  const splitter = new LineSplitter();
  for (let i = 0; i < 1000; i++) assert.deepEqual(splitter.push('x'.repeat(100)), []);
  assert.deepEqual(splitter.push('end\nready 1\n'), ['ready 1']);
});

test('operations on one guest take turns, those on others do not wait, and a failure blocks nobody', async () => {
  const turns = new Exclusive();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns.run('a', async () => {
    await gate.promise;
    seen.push('a1');
    throw new Error('failed');
  });
  const second = turns.run('a', async () => void seen.push('a2'));
  await turns.run('b', async () => void seen.push('b1'));
  gate.resolve();
  await assert.rejects(first, /failed/);
  await second;
  assert.deepEqual(seen, ['b1', 'a1', 'a2']);
});

test("QEMU's log is cut when it grows beyond its bound, and QEMU writes on", async () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-log-'));
  const file = join(dir, 'qemu.log');
  const descriptor = openFreshLog(file);
  writeSync(descriptor, Buffer.alloc(maxLogBytes + 1));
  using _ = boundLog(file, 1);
  while (statSync(file).size !== 0) await new Promise((resolve) => setImmediate(resolve));
  writeSync(descriptor, 'after');
  assert.equal(statSync(file).size, 5);
  closeSync(descriptor);
  rmSync(dir, { recursive: true });
});

test('a stream that floods is read at its rate, and loses nothing', async () => {
  const stream = new PassThrough({ highWaterMark: 1024 });
  let read = 0;
  stream.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  limitRate(stream, 100_000);
  const start = performance.now();
  for (let sent = 0; sent < 50_000; sent += 1000) {
    if (!stream.write(Buffer.alloc(1000))) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'end');
  assert.equal(read, 50_000);
  // Half a second's worth by its rate: far less time would mean that nothing held it up.
  assert.ok(performance.now() - start > 200);
});
