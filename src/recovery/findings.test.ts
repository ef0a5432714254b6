import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BootEntry, decide } from '../boot/index.ts';
import { type Findings, type Slot, versionsOf } from './findings.ts';
import { keepFindings, keptFindings } from './kept.ts';
import { partitionId } from './partitions.ts';

const first: BootEntry = { kind: 'system', version: '1', tries: { left: 3, done: 0 } };
const second: BootEntry = { kind: 'system', version: '2', tries: { left: 3, done: 0 } };
const recovery: BootEntry = { kind: 'recovery', version: '1' };
const slot = (name: 'A' | 'B', version: string, state: Slot['state']): Slot => ({
  name,
  version,
  state,
});

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'rayos-recovery-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('a version is damaged if its UKI cannot be read, or its slot is damaged', () => {
  const slots = [slot('A', '1', 'present'), slot('B', '2', 'present')];
  const damaged = (readable: readonly BootEntry[], found: readonly Slot[]) =>
    versionsOf(
      [first, second, recovery],
      readable.map((entry) => ({ entry })),
      found,
    )
      .filter(({ isDamaged }) => isDamaged)
      .map(({ entry }) => entry.version);
  assert.deepEqual(damaged([first, second, recovery], slots), []);
  assert.deepEqual(damaged([second, recovery], slots), ['1']);
  // A recovery that is damaged says nothing of the system.
  assert.deepEqual(damaged([first, second], slots), []);
  assert.deepEqual(damaged([first, second], [slot('B', '2', 'damaged')]), ['2']);
});

test('a device that goes while it is looked at is not found, and nothing fails', () => {
  using place = folder();
  writeFileSync(join(place.path, 'vda2'), '');
  symlinkSync('gone', join(place.path, '0-gone'));
  symlinkSync('vda2', join(place.path, '1-there'));
  assert.equal(partitionId('/dev/vda2', place.path), '1-there');
  assert.equal(partitionId('/dev/vda3', place.path), undefined);
});

test('a menu has findings when the report left none, or half of them', () => {
  using place = folder();
  const file = join(place.path, 'findings.json');
  const found: Findings = {
    why: 'unknown',
    decision: decide({
      entries: [],
      slots: [undefined, undefined],
      records: [],
      snapshots: [],
      isPastDeadline: false,
    }),
    entries: [],
    slots: [slot('A', '1', 'present'), slot('B', '2', 'empty')],
    records: [],
    troubles: ['looked at now'],
  };
  assert.equal(
    keptFindings(file, () => found),
    found,
  );
  keepFindings(file, { ...found, troubles: [] });
  assert.deepEqual(keptFindings(file, () => found).troubles, []);
  writeFileSync(file, '{"why":');
  assert.equal(
    keptFindings(file, () => found),
    found,
  );
});
