import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore, paths } from '../foundation/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';
import { ensureDisks } from './disks.ts';
import { imagesOf, NeededImages } from './images.ts';
import { guestMigration, Registry } from './index.ts';
import { placesOf } from './places.ts';
import { SnapshotRows } from './snapshot-rows.ts';
import { Snapshots } from './snapshots.ts';
import { plainSpec } from './spec.ts';

const kernelOf = (key: string) => `/cache/guest-images/rescue-desktop.${key}/vmlinux`;
const image = (key: string) => ({ key, kernel: kernelOf(key), initrd: '/i', commandLine: '' });
const machine = (key: string) =>
  ({
    boot: { kind: 'kernel', kernel: kernelOf(key), commandLine: '' },
    devices: [],
  }) as object as MachineConfig;

/** A guest without a disk, whose image is built anew between its starts. */
function rescue() {
  const stateDir = mkdtempSync(join(tmpdir(), 'rayos-images-'));
  const store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const snapshots = new SnapshotRows(store);
  const pinned = new Set<string>();
  const pins = {
    pin: (_recipe: string, key: string) => void pinned.add(key),
    unpin: (_recipe: string, key: string) => void pinned.delete(key),
  };
  const parts = {
    registry,
    snapshots,
    pins,
    paths: paths({ RAYOS_STATE: stateDir }),
    mark: () => undefined,
    report: (what: string) => assert.fail(what),
    image: async () => image('none'),
  };
  const name = 'rescue-desktop';
  const { id } = registry.insert({
    name,
    title: name,
    recipe: name,
    memoryMiB: 512,
    cpus: 1,
    spec: plainSpec,
  });
  const images = new NeededImages(parts);
  const takes = new Snapshots(parts, images);
  const signal = new AbortController().signal;
  return {
    id,
    registry,
    snapshots,
    takes,
    pinned,
    /** What a cold start writes down, on the build of that key. */
    start: (key: string) =>
      images.releasing(id, async () => {
        await ensureDisks(registry.get(id), image(key), placesOf(parts.paths, id), pins, signal);
        registry.setMachine(id, machine(key));
      }),
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      rmSync(stateDir, { recursive: true });
    },
  };
}

test('a guest without a disk keeps the image that it was started with, and lets go of the one before', async () => {
  using guest = rescue();
  await guest.start('one');
  assert.deepEqual([...guest.pinned], ['one']);
  await guest.start('one');
  await guest.start('two');
  assert.deepEqual([...guest.pinned], ['two']);
});

test('an image that a saved state or a snapshot goes on from stays until that has gone', async () => {
  using guest = rescue();
  const { id, registry, snapshots, takes, pinned } = guest;
  const kept = (key: string) => ({ bytes: 1, accelerator: 'tcg', machine: machine(key) }) as const;
  await guest.start('one');
  snapshots.begin(id, 'first', undefined);
  snapshots.finish(id, 'first', kept('one'));
  await guest.start('two');
  registry.setSaved(id, { at: '', ...kept('two') });
  assert.deepEqual([...pinned].sort(), ['one', 'two']);
  assert.deepEqual([...imagesOf(registry.get(id), snapshots.of(id))].sort(), ['one', 'two']);
  await takes.delete(registry.get(id), undefined, 'first');
  assert.deepEqual([...pinned], ['two']);
  registry.setSaved(id, undefined);
  await guest.start('three');
  assert.deepEqual([...pinned], ['three']);
});
