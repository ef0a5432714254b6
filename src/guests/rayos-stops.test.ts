// What becomes of guests that stand still when RayOS stops.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore, paths } from '../foundation/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { Guests, guestMigration, Registry } from './index.ts';
import { SnapshotRows } from './snapshot-rows.ts';
import { plainSpec } from './spec.ts';
import type { Surround } from './surround.ts';
import { standIn } from './test-qemu.ts';

/** A paused guest whose agent obeys; `status` is what its QEMU says. */
async function paused(status: string) {
  const store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const { id } = registry.insert({
    name: 'ada',
    title: 'Ada',
    recipe: 'ada',
    memoryMiB: 128,
    cpus: 1,
    spec: plainSpec,
  });
  const asked: string[] = [];
  const qemu = await standIn(
    (command) => {
      asked.push(command);
      return { return: command === 'query-status' ? { status } : {} };
    },
    id,
    (line, child) => {
      if (line === 'shutdown') child.kill('SIGTERM');
    },
  );
  registry.setProcess(id, qemu.process);
  registry.setState(id, 'paused', 'you paused it');
  const marks: string[] = [];
  const told: string[] = [];
  const guests = new Guests({
    registry,
    snapshots: new SnapshotRows(store),
    paths: paths({ RAYOS_STATE: qemu.folder, RAYOS_RUNTIME: `${qemu.folder}/run` }),
    policy: { guests: { max_running: 1 } } as PolicyFile,
    mark: (name) => void marks.push(name),
    report: (what) => void told.push(what),
    probe: () => assert.fail('nothing is started'),
    image: () => assert.fail('nothing is started'),
    pins: { pin: () => undefined, unpin: () => undefined },
    recipes: {},
    surround: { letGo: () => undefined, holdAgain: async () => undefined } as object as Surround,
  });
  await guests.reattach();
  return {
    guests,
    asked,
    marks,
    told,
    state: () => registry.get(id).state,
    async [Symbol.asyncDispose]() {
      await guests[Symbol.asyncDispose]();
      await qemu[Symbol.asyncDispose]();
      store[Symbol.dispose]();
    },
  };
}

test('a guest that a person paused goes on to be stopped in an orderly way', async () => {
  for (const stop of ['stopAll', 'suspendAll'] as const) {
    await using guest = await paused('paused');
    await guest.guests[stop](); // it cannot be suspended: nothing is known of its machine
    assert.ok(guest.asked.includes('cont'));
    assert.equal(guest.state(), 'stopped');
    assert.ok(guest.marks.includes('GUEST:STOPPED') && !guest.marks.includes('GUEST:KILLED'));
  }
});

test('a guest that waits for room on its disk outlives RayOS, which says so', async () => {
  for (const stop of ['stopAll', 'suspendAll'] as const) {
    await using guest = await paused('io-error');
    await guest.guests[stop]();
    assert.equal(guest.state(), 'paused');
    assert.ok(!guest.marks.includes('GUEST:KILLED'));
    assert.match(guest.told.at(-1) ?? '', /Ada runs on without RayOS/);
  }
});
