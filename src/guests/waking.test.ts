import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import type { Device, MachineConfig } from '../hypervisor/index.ts';
import { folderDevices } from './folders.ts';
import { plainSpec } from './spec.ts';
import { machineToWake } from './waking.ts';

const card = (restrict: boolean): Device => ({
  kind: 'network-user',
  restrict,
  forwards: [{ host: 8080, guest: 80 }],
});
const papers = { name: 'papers', path: '/home/ada/papers', writable: true };
const machine = (...devices: Device[]) => ({ memoryMiB: 64, devices }) as object as MachineConfig;

function wake(
  saved: MachineConfig,
  spec: Partial<typeof plainSpec>,
  may: { network?: 'off' | 'restricted' | 'nat'; folders?: readonly Device[] } = {},
): MachineConfig {
  const row = { name: 'ada', title: 'Ada', spec: { ...plainSpec, ...spec } };
  const { network = 'nat', folders = [] } = may;
  return machineToWake(saved, row, { network, policyFile: '/p', folders, nothing: '/nothing' });
}

const codeOf = (code: string) => (thrown: unknown) =>
  thrown instanceof RayError && thrown.code === code;

test('a guest goes on with the network it had, unless it may not have that any more', () => {
  for (const network of ['restricted', 'nat'] as const)
    assert.equal(wake(machine(card(true)), { network }).devices[0]?.kind, 'network-user');
  assert.throws(() => wake(machine(card(true)), { network: 'off' }), codeOf('GUEST_CANNOT'));
  assert.throws(
    () => wake(machine(card(false)), { network: 'restricted' }),
    codeOf('GUEST_CANNOT'),
  );
  const passt: Device = { kind: 'network-socket', socketPath: 'passt' };
  for (const one of [passt, card(false)])
    assert.throws(
      () => wake(machine(one), { network: 'nat' }, { network: 'restricted' }),
      codeOf('POLICY_DENIED'),
    );
  assert.deepEqual(wake(machine(), { network: 'nat' }).devices, [], 'nor is it given one');
});

test('only what is forwarded today is forwarded', () => {
  const [woken] = wake(machine(card(true)), { network: 'restricted', forwards: [] }).devices;
  assert.deepEqual(woken, { kind: 'network-user', restrict: true, forwards: [] });
});

test('a folder that was taken away is empty, one that is read-only now is read-only', () => {
  const saved = machine(...folderDevices([papers]));
  assert.deepEqual(wake(saved, {}).devices, [
    { kind: 'folder-9p', tag: 'f-papers', path: '/nothing', readOnly: true },
  ]);
  const folders = folderDevices([{ ...papers, writable: false }]);
  assert.deepEqual(wake(saved, {}, { folders }).devices, folders);
  const others = folderDevices([papers, { ...papers, name: 'more' }]);
  assert.deepEqual(wake(saved, {}, { folders: others }), saved, 'and it gets no new device');
});
