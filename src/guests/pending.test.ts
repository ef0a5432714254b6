import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MachineConfig } from '../hypervisor/index.ts';
import { dropName } from './drops.ts';
import { folderDevices } from './folders.ts';
import { networkDevices } from './network.ts';
import { pendingChanges, runsWithOtherNetwork } from './pending.ts';
import type { GuestRow } from './registry.ts';

const open = networkDevices({ network: 'nat', forwards: [] }, false);
const drops = folderDevices([{ name: dropName, path: '/drops', writable: false }]);
const machine = {
  cpus: 1,
  memoryMiB: 1024,
  display: { width: 1280, height: 800, heads: 1 },
  devices: [
    { kind: 'virtio-gpu' },
    ...open,
    ...drops,
    { kind: 'virtio-multitouch' },
    { kind: 'disk', name: 'system', bus: 'virtio', path: '/d', format: 'qcow2', readOnly: false },
  ],
} as unknown as MachineConfig;
const row = (to: { memoryMiB?: number; heads?: number } = {}) =>
  ({ memoryMiB: 1024, cpus: 1, ...to, spec: { heads: to.heads ?? 1 } }) as GuestRow;

test('what is as it was started waits for nothing', () => {
  assert.deepEqual(pendingChanges(machine, row(), [{ kind: 'virtio-gpu' }, ...open]), []);
  assert.equal(runsWithOtherNetwork(machine, open), false);
});

test('what was changed holds from the next start, and says so', () => {
  const folder = folderDevices([{ name: 'papers', path: '/p', writable: true }]);
  assert.deepEqual(pendingChanges(machine, row({ memoryMiB: 2048, heads: 2 }), folder), [
    '2048 MiB of memory in place of 1024',
    '2 screens in place of 1',
    'with: shared folder f-papers',
    'without: virtio-gpu, 1280×800',
    'without: virtio network card',
  ]);
});

test('a guest whose network is closed while it runs has it still', () => {
  assert.equal(runsWithOtherNetwork(machine, []), true);
  const restricted = networkDevices({ network: 'restricted', forwards: [] }, false);
  assert.equal(runsWithOtherNetwork(machine, restricted), true);
});
