// What follows when a guest cannot be put under its limits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paths } from '../foundation/index.ts';
import type { Holder } from '../host/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import type { GuestRow } from './registry.ts';
import { plainSpec } from './spec.ts';
import { Surround } from './surround.ts';

const machine = { accelerator: 'tcg', memoryMiB: 128, devices: [] } as object as MachineConfig;
const row = { id: '0a1b2c3d', name: 'ada', title: 'Ada', spec: plainSpec, machine } as GuestRow;

/** Where nothing can be held; with what is told of it. */
function unableToHold(isRequired: boolean) {
  const told: string[] = [];
  const holder: Holder = {
    controllers: new Set(),
    missing: undefined,
    isRequired,
    hold: () => Promise.reject(new Error('there is no room')),
    held: () => new Set(),
    remove: () => Promise.resolve(),
    sweep: () => undefined,
  };
  const surround = new Surround({
    paths: paths({ RAYOS_STATE: '/nowhere', RAYOS_RUNTIME: '/nowhere' }),
    policy: {} as PolicyFile,
    report: (what, { message }) => void told.push(`${what}: ${message}`),
    passt: undefined,
    holder,
  });
  return { surround, told };
}

test("a guest that would be under rayosd's own limits is not started, and why is said", async () => {
  const { surround, told } = unableToHold(true);
  await assert.rejects(surround.hold(row, [7, 8], machine), {
    code: 'GUEST_CANNOT',
    message: 'Ada could not be put under limits of its own: there is no room',
  });
  assert.deepEqual(told, []);
});

test('a guest without a cgroup runs where none is needed, and so does one that runs from before', async () => {
  const { surround, told } = unableToHold(false);
  await surround.hold(row, [7, 8], machine);
  const required = unableToHold(true);
  await required.surround.holdAgain(row, 7);
  const words = ['Ada is not held by a cgroup: there is no room'];
  assert.deepEqual([told, required.told], [words, words]);
});
