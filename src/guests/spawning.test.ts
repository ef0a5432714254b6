// The order in which a guest's processes begin, and what becomes of one that cannot be held. A program that
// sleeps is in QEMU's place.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { isAlive, openStore, paths } from '../foundation/index.ts';
import { guestMigration, Registry } from './index.ts';
import { machineOf } from './machine.ts';
import { makePlaces, placesOf } from './places.ts';
import { spawnGuest } from './spawning.ts';
import { plainSpec } from './spec.ts';
import type { Surround } from './surround.ts';

const beside = 77;

/** A guest with a process beside its QEMU; `hold` puts them under limits, and `onBegun` hears of the other's begin. */
function guestHeldBy(hold: (pids: readonly number[]) => Promise<void>, onBegun: () => void) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-spawning-'));
  chmodSync(folder, 0o755); // QEMU is another user, where that can be
  const all = paths({ RAYOS_STATE: join(folder, 'state'), RAYOS_RUNTIME: join(folder, 'run') });
  const store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const plain = { title: 'Ada', recipe: 'ada', memoryMiB: 128, cpus: 1, spec: plainSpec };
  const row = registry.insert({ name: 'ada', ...plain });
  const places = placesOf(all, row.id);
  makePlaces(places);
  const program = join(folder, 'program');
  writeFileSync(program, '#!/bin/sh\nexec sleep 100\n', { mode: 0o755 });
  const image = { kernel: program, initrd: program, commandLine: '' };
  const host = { accelerator: 'tcg' as const, devices: [], binary: program };
  const machine = { ...machineOf(row, image, places, host), devices: [] };
  const surround = {
    prepare: () => ({
      connected: new Map(),
      beside: [beside],
      begin: onBegun,
      [Symbol.dispose]: () => undefined,
    }),
    hold: (_row: object, pids: readonly number[]) => hold(pids),
  } as object as Surround;
  return {
    qemu: () => registry.get(row.id).process?.pid ?? 0,
    start: (signal: AbortSignal) =>
      spawnGuest(row, machine, places, { registry, surround }, { host, signal }),
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

test('what is beside QEMU begins once both are held', async () => {
  const ending = new AbortController();
  const seen: unknown[] = [];
  using guest = guestHeldBy(
    async (pids) => void seen.push(pids),
    () => {
      seen.push('it begins');
      ending.abort(new RayError('CANCELLED', 'seen'));
    },
  );
  await assert.rejects(guest.start(ending.signal), { code: 'CANCELLED' });
  assert.deepEqual(seen, [[guest.qemu(), beside], 'it begins']);
});

test('a guest that may not run unheld does not: its QEMU is ended, and nothing begins', async () => {
  let hasBegun = false;
  using guest = guestHeldBy(
    () => Promise.reject(new RayError('GUEST_CANNOT', 'no scope', { remedy: '' })),
    () => {
      hasBegun = true;
    },
  );
  await assert.rejects(guest.start(AbortSignal.any([])), { message: 'no scope' });
  assert.ok(guest.qemu() > 0 && !isAlive(guest.qemu()));
  assert.equal(hasBegun, false);
});
