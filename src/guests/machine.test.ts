import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasTouch, machineOf } from './machine.ts';
import type { Places } from './places.ts';
import type { GuestRow } from './registry.ts';
import { plainSpec } from './spec.ts';

const places: Places = {
  stateDir: '/s',
  runtimeDir: '/r',
  disksDir: '/s/disks',
  qmpSocket: '/r/qmp',
  serialSocket: '/r/serial',
  agentSocket: '/r/agent',
  clipboardSocket: '/r/clipboard',
} as Places;
const image = { kernel: '/k', initrd: '/i', commandLine: '' };

function kindsOf(spec: Partial<GuestRow['spec']>, devices: string[]): string[] {
  const row = { spec: { ...plainSpec, ...spec }, cpus: 1, memoryMiB: 256, name: 'a', id: 'b' };
  const machine = machineOf(row as GuestRow, image, places, { accelerator: 'tcg', devices });
  assert.equal(
    hasTouch(machine),
    machine.devices.some(({ kind }) => kind === 'virtio-multitouch'),
  );
  return machine.devices.map(({ kind }) => kind);
}

test('a guest with our drivers has a touch screen where QEMU has one, and only there', () => {
  assert.ok(kindsOf({}, ['virtio-multitouch-pci']).includes('virtio-multitouch'));
  assert.ok(!kindsOf({}, []).includes('virtio-multitouch'));
  assert.ok(!kindsOf({ display: 'vga' }, ['virtio-multitouch-pci']).includes('virtio-multitouch'));
  assert.equal(hasTouch(undefined), false);
});

test('a sound card is there when it is asked for', () => {
  assert.ok(kindsOf({ sound: true }, []).includes('sound'));
  assert.ok(!kindsOf({}, []).includes('sound'));
});
