// What is written down of guests, with a registry that can be written and with one that cannot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { openStore } from '../foundation/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';
import { guestMigration, Registry } from './index.ts';
import { Ledger } from './ledger.ts';
import { plainSpec } from './spec.ts';

function ledgerOfAda() {
  const store = openStore(':memory:', [guestMigration]);
  const registry = new Registry(store);
  const about = { name: 'ada', title: 'Ada', recipe: 'ada', spec: plainSpec };
  const { id } = registry.insert({ ...about, memoryMiB: 128, cpus: 1 });
  registry.setProcess(id, { pid: 1, startTime: 1, accelerator: 'tcg', started: '' });
  registry.setState(id, 'running');
  const marks: string[] = [];
  const told: string[] = [];
  const ledger = new Ledger({
    registry,
    mark: (name) => void marks.push(name),
    report: (what) => void told.push(what),
  });
  return {
    id,
    registry,
    ledger,
    marks,
    told,
    row: () => registry.get(id),
    /** From now on every write fails, as with a full disk. */
    fill: () => store.database.exec('PRAGMA query_only = 1'),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}

test('a guest whose process has gone is stopped, failed with a reason, or rests on disk', () => {
  using ada = ledgerOfAda();
  ada.ledger.noteFailed(ada.row(), new RayError('GUEST_DIED', 'Ada ended unexpectedly'));
  assert.equal(ada.row().process, undefined);
  assert.equal(ada.row().state, 'failed');
  assert.match(ada.row().reason ?? '', /^Ada ended unexpectedly\. ./);
  assert.deepEqual(ada.marks, ['GUEST:FAILED']);
  ada.ledger.forgetProcess(ada.id, 'stopped');
  assert.deepEqual([ada.row().state, ada.row().reason], ['stopped', undefined]);
  const machine = { devices: [] } as object as MachineConfig;
  ada.registry.setSaved(ada.id, { at: '', bytes: 1, accelerator: 'tcg', machine });
  ada.ledger.forgetProcess(ada.id, 'stopped');
  assert.equal(ada.row().state, 'suspended');
});

test('an end that cannot be written down is told, and stops nobody; a start is not begun', () => {
  using ada = ledgerOfAda();
  ada.fill();
  ada.ledger.forgetProcess(ada.id, 'stopped');
  ada.ledger.forgetScreen(ada.id);
  ada.ledger.noteRun(ada.row(), 'its disk is full');
  assert.equal(ada.told.length, 3);
  assert.deepEqual(ada.marks, ['GUEST:PAUSED'], 'it stands still all the same');
  assert.equal(ada.row().state, 'running', 'as it was');
  assert.throws(() => ada.ledger.noteStarting(ada.row(), 'tcg'));
  assert.deepEqual(ada.marks, ['GUEST:PAUSED'], 'nobody is told of a start');
});
