import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore, paths } from '../foundation/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';
import { NeededImages } from './images.ts';
import { guestMigration, Registry } from './index.ts';
import { placesOf } from './places.ts';
import { SnapshotRows } from './snapshot-rows.ts';
import { Snapshots } from './snapshots.ts';
import { plainSpec } from './spec.ts';

/** A guest without a disk, with two snapshots that kept its memory. */
function kept() {
  const stateDir = mkdtempSync(join(tmpdir(), 'rayos-snapshots-'));
  const store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const snapshots = new SnapshotRows(store);
  const all = paths({ RAYOS_STATE: stateDir });
  const name = 'rescue-desktop';
  const about = { name, title: name, recipe: name, spec: plainSpec };
  const { id } = registry.insert({ ...about, memoryMiB: 512, cpus: 1 });
  const places = placesOf(all, id);
  mkdirSync(places.snapshotsDir, { recursive: true });
  const machine = { boot: { kind: 'firmware' }, devices: [] } as object as MachineConfig;
  for (const snapshot of ['first', 'second']) {
    snapshots.begin(id, snapshot, undefined);
    writeFileSync(join(places.snapshotsDir, `${snapshot}.state`), snapshot);
    const bytes = snapshot.length;
    snapshots.finish(id, snapshot, { bytes, accelerator: 'tcg', machine });
  }
  const parts = {
    registry,
    snapshots,
    paths: all,
    pins: { pin: () => undefined, unpin: () => undefined },
    mark: () => undefined,
    report: (what: string) => assert.fail(what),
    image: () => assert.fail('no image is needed'),
  };
  const takes = new Snapshots(parts, new NeededImages(parts));
  return {
    id,
    registry,
    snapshots,
    takes,
    places,
    row: () => registry.get(id),
    phases: () => snapshots.of(id, { unfinished: true }).map(({ phase }) => phase),
    memory: () => readFileSync(places.memory, 'utf8'),
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      rmSync(stateDir, { recursive: true });
    },
  };
}

test('a revert that could not be carried through ends with the next one, which stays', async () => {
  using guest = kept();
  guest.snapshots.setPhase(guest.id, 'first', 'reverting');
  await guest.takes.revert(guest.row(), 'second');
  assert.deepEqual(guest.phases(), ['whole', 'whole']);
  await guest.takes.mend(guest.row(), undefined);
  assert.equal(guest.memory(), 'second');
  assert.equal(guest.row().saved?.bytes, 'second'.length);
});

test('a stop in the middle of that leaves one revert to carry through', async () => {
  using guest = kept();
  guest.snapshots.beginRevert(guest.id, 'first');
  guest.snapshots.beginRevert(guest.id, 'second');
  assert.deepEqual(guest.phases(), ['whole', 'reverting']);
  await guest.takes.mend(guest.row(), undefined);
  assert.equal(guest.memory(), 'second');
});

test('a snapshot that is being reverted to is not deleted before the guest is there', async () => {
  using guest = kept();
  const { id, registry, snapshots, takes, places } = guest;
  snapshots.beginRevert(id, 'first');
  // Its QEMU is there, and does not answer.
  registry.setProcess(id, { pid: 1, startTime: 1, accelerator: 'tcg', started: '' });
  await assert.rejects(takes.delete(guest.row(), undefined, 'first'), { code: 'GUEST_RUNNING' });
  assert.deepEqual(guest.phases(), ['reverting', 'whole']);
  await takes.delete(guest.row(), undefined, 'second');
  assert.deepEqual(guest.phases(), ['reverting']);
  registry.setProcess(id, undefined);
  await takes.delete(guest.row(), undefined, 'first');
  assert.deepEqual(guest.phases(), []);
  assert.equal(guest.memory(), 'first');
  assert.ok(!existsSync(join(places.snapshotsDir, 'first.state')));
});
