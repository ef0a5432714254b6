// Guests that are half made or half gone, with a real registry and real files.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openStore, paths } from '../foundation/index.ts';
import { NeededImages } from './images.ts';
import { guestMigration, Registry } from './index.ts';
import { placesOf } from './places.ts';
import { SnapshotRows } from './snapshot-rows.ts';
import { type GuestSpec, plainSpec } from './spec.ts';
import { Unfinished } from './unfinished.ts';

const disk = { name: 'system', file: 'system.qcow2', format: 'qcow2', bus: 'virtio' } as const;

function household() {
  const stateDir = mkdtempSync(join(tmpdir(), 'rayos-unfinished-'));
  const all = paths({ RAYOS_STATE: stateDir, RAYOS_RUNTIME: join(stateDir, 'run') });
  const store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const snapshots = new SnapshotRows(store);
  const unpinned: string[] = [];
  const marks: string[] = [];
  const told: string[] = [];
  const parts = {
    registry,
    snapshots,
    paths: all,
    pins: { pin: () => undefined, unpin: (_: string, key: string) => void unpinned.push(key) },
    mark: (name: string) => void marks.push(name),
    report: (what: string) => void told.push(what),
  };
  return {
    registry,
    snapshots,
    unpinned,
    marks,
    told,
    unfinished: new Unfinished(parts, new NeededImages(parts)),
    names: () => registry.all().map(({ name }) => name),
    hasFiles: (id: string) => existsSync(placesOf(all, id).stateDir),
    add(name: string, spec: Partial<GuestSpec> = {}) {
      const disks = [{ ...disk, base: `base of ${name}` }];
      const about = { name, title: name, recipe: 'ada', memoryMiB: 128, cpus: 1 };
      const row = registry.insert({ ...about, spec: { ...plainSpec, disks, ...spec } });
      const { disksDir } = placesOf(all, row.id);
      mkdirSync(disksDir, { recursive: true });
      writeFileSync(join(disksDir, disk.file), '');
      return row;
    },
    fill: () => store.database.exec('PRAGMA query_only = 1'),
    empty: () => store.database.exec('PRAGMA query_only = 0'),
    [Symbol.dispose]() {
      store[Symbol.dispose]();
      rmSync(stateDir, { recursive: true });
    },
  };
}

test('what is half made is removed, files, images and rows; what is whole, busy or under way stays', () => {
  using house = household();
  const { unfinished } = house;
  const making = 'its files were being made';
  const whole = house.add('whole');
  const half = house.add('half', { making });
  const busy = house.add('busy', { making });
  const underWay = house.add('under-way', { making });
  house.snapshots.begin(half.id, 'first', undefined);
  const made = unfinished.making(underWay.id);
  unfinished.mend((id) => id === busy.id);
  assert.deepEqual(house.names().sort(), ['busy', 'under-way', 'whole']);
  assert.ok(!house.hasFiles(half.id));
  for (const { id } of [whole, busy, underWay]) assert.ok(house.hasFiles(id));
  assert.deepEqual(house.unpinned, ['base of half']);
  assert.deepEqual(house.snapshots.of(half.id, { unfinished: true }), []);
  assert.deepEqual(house.marks, ['GUEST:MENDED']);

  made[Symbol.dispose]();
  unfinished.mend();
  assert.deepEqual(house.names(), ['whole']);
});

test('a deletion that is stopped half way is told, and ended by the next attempt', () => {
  using house = household();
  const row = house.add('ada');
  house.registry.condemn(row.id, 'it is being deleted');
  house.fill();
  house.unfinished.mend();
  assert.match(house.told[0] ?? '', /ada is left half made/);
  assert.deepEqual([house.names(), house.marks], [['ada'], []]);
  house.empty();
  house.unfinished.mend();
  assert.deepEqual([house.names(), house.marks], [[], ['GUEST:MENDED']]);
});

test('a guest that is deleted says so in its row before the first of its files goes', () => {
  using house = household();
  const row = house.add('ada');
  house.fill();
  assert.throws(() => house.unfinished.delete(row));
  assert.ok(house.hasFiles(row.id), 'nothing has gone');
  house.empty();
  house.unfinished.delete(row);
  assert.deepEqual(house.names(), []);
  assert.ok(!house.hasFiles(row.id));
});
