// Custody's decisions, with a real registry and real files. What needs QEMU to run is in trials/.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { Probe } from '../contracts/index.ts';
import { openStore, paths } from '../foundation/index.ts';
import { createDisk } from '../hypervisor/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { Custody } from './custody.ts';
import { guestMigration, Registry } from './index.ts';
import { type BootImage, machineOf } from './machine.ts';
import { placesOf } from './places.ts';
import { plainSpec } from './spec.ts';
import type { Surround } from './surround.ts';

const host = { accelerator: 'tcg' as const, devices: [] };
const papers = { name: 'papers', path: '/papers', writable: false };

/** A guest that no QEMU can be started for: what is kept and what is lost by that is looked at. */
function guestWithoutQemu(
  onImage: (registry: Registry, id: string) => void = () => undefined,
  more: { readonly safeMode?: string } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-custody-'));
  const places = paths({ RAYOS_STATE: folder, RAYOS_RUNTIME: join(folder, 'run') });
  const store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const title = 'Ada';
  const { id } = registry.insert({
    name: 'ada',
    title,
    recipe: 'ada',
    memoryMiB: 128,
    cpus: 1,
    spec: { ...plainSpec, folders: [papers] },
  });
  const base = join(folder, 'base.qcow2');
  const image: BootImage = {
    kernel: join(folder, 'kernel'),
    initrd: join(folder, 'initrd'),
    commandLine: '',
    key: 'one',
    disk: { file: base, format: 'qcow2', virtualBytes: 1 << 20 },
  };
  const marks: string[] = [];
  const custody = new Custody({
    registry,
    paths: places,
    policy: { guests: { max_running: 1 } } as PolicyFile,
    ...more,
    mark: (name) => void marks.push(name),
    report: () => undefined,
    probe: async () => ({ ...host, binary: join(folder, 'no-qemu') }) as object as Probe,
    pins: { pin: () => undefined, unpin: () => undefined },
    image: async () => {
      await createDisk({ file: base }, 1 << 20, new AbortController().signal);
      onImage(registry, id);
      return image;
    },
    surround: {
      devices: () => [],
      wake: (machine: object) => machine,
      prepare: () => ({ connected: new Map(), beside: [], begin() {}, [Symbol.dispose]() {} }),
      hold: async () => undefined,
      holdAgain: async () => undefined,
    } as object as Surround,
  });
  return {
    id,
    registry,
    custody,
    marks,
    image,
    places: placesOf(places, id),
    /** As if it had been suspended. */
    suspend(bytes: number) {
      const own = placesOf(places, id);
      mkdirSync(dirname(own.memory), { recursive: true });
      writeFileSync(own.memory, Buffer.alloc(1000));
      const machine = machineOf(registry.get(id), image, own, host);
      registry.setSaved(id, { at: '', bytes, accelerator: 'tcg', machine }, true);
    },
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

test('a saved state is kept when QEMU cannot be started, and given up when it is not whole', async () => {
  using guest = guestWithoutQemu();
  const { id, registry, custody, marks, places } = guest;
  guest.suspend(1000);
  await assert.rejects(custody.start(registry.get(id)), /rests on disk as before/);
  const { state, saved, wake, process } = registry.get(id);
  assert.equal(state, 'suspended');
  assert.deepEqual([saved?.bytes, wake, process], [1000, true, undefined]);
  assert.ok(existsSync(places.memory));
  assert.ok(!marks.includes('GUEST:COLD_BOOTED'));

  guest.suspend(2000);
  await assert.rejects(custody.start(registry.get(id)), /cannot be started/);
  assert.equal(registry.get(id).saved, undefined);
  assert.ok(marks.includes('GUEST:COLD_BOOTED') && !existsSync(places.memory));
});

test('what is changed of a guest while its first disk is made stays changed', async () => {
  using guest = guestWithoutQemu((registry, id) => {
    const { spec } = registry.get(id);
    registry.change(id, { spec: { ...spec, folders: [] }, memoryMiB: 256 });
  });
  const { id, registry, custody } = guest;
  await assert.rejects(custody.start(registry.get(id)), /cannot be started/);
  const { spec, machine } = registry.get(id);
  assert.deepEqual(spec.folders, [], 'the folder was taken away');
  assert.equal(spec.disks.length, 1);
  assert.equal(machine?.memoryMiB, 256);
});

test('in safe mode no guest is started, and what to do is said', async () => {
  const safeMode = 'this machine was started in safe mode';
  using guest = guestWithoutQemu(undefined, { safeMode });
  const { custody, registry, id } = guest;
  await assert.rejects(custody.start(registry.get(id)), {
    code: 'GUEST_CANNOT',
    message: 'no guest is started: this machine was started in safe mode',
    next: /without safe mode/,
  });
  assert.equal(registry.get(id).state, 'stopped', 'it has not failed');
});
