import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { bless, giveTryBack } from './bless.ts';
import { decide } from './decision.ts';
import { type EspCalls, espCalls, readEntries } from './entries-folder.ts';
import { afterStart, type BootEntry, entryName, parseEntryName } from './entry-name.ts';

function esp(...names: string[]): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'rayos-esp-'));
  for (const name of names) writeFileSync(join(path, name), name);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

function entry(name: string): BootEntry {
  const read = parseEntryName(name);
  assert.ok(read, name);
  return read;
}

const facts = {
  slots: ['2', '1'],
  records: [],
  snapshots: [],
  isPastDeadline: false,
} as const;

test('golden puts the counter back, synced: file, then folder', () => {
  for (const name of [
    ...['rayos_2+2-1.efi', 'rayos_2+0-3.efi', 'rayos_2.efi', 'rayos_2+3.efi', 'rayos_2+3-0.efi'],
  ]) {
    using dir = esp(name);
    const said: string[] = [];
    const calls: EspCalls = { ...espCalls, syncPath: (path) => void said.push(path) };
    assert.equal(bless(dir.path, entry(name), calls), 'rayos_2+3.efi');
    assert.deepEqual(readdirSync(dir.path), ['rayos_2+3.efi']);
    assert.equal(readFileSync(join(dir.path, 'rayos_2+3.efi'), 'utf8'), name);
    assert.deepEqual(said, [join(dir.path, 'rayos_2+3.efi'), dir.path]);
    assert.equal(bless(dir.path, entry('rayos_2+3.efi')), 'rayos_2+3.efi', 'and again, for real');
  }
});

test('a failure of any step is told, and every state that it leaves starts a version', () => {
  for (const step of ['rename', 'file', 'folder']) {
    using dir = esp('rayos_2+2-1.efi', 'rayos_1+3.efi', 'rayos-recovery_1.efi');
    const fail = () => {
      throw new Error('input/output error');
    };
    const calls: EspCalls = {
      ...espCalls,
      rename: step === 'rename' ? fail : renameSync,
      syncPath: (path) => (step === (path === dir.path ? 'folder' : 'file') ? fail() : undefined),
    };
    assert.throws(() => bless(dir.path, entry('rayos_2+2-1.efi'), calls), {
      code: 'STATE_UNWRITABLE',
    });
    const { entries } = readEntries(dir.path);
    assert.equal(decide({ ...facts, entries }).next?.version, '2');
    const there = entries.find(({ version, kind }) => version === '2' && kind === 'system');
    assert.ok(there);
    assert.equal(bless(dir.path, there), 'rayos_2+3.efi', 'the next golden boot mends it');
  }
});

test('without any name of the entry the other version is started, and nothing is said to be blessed', () => {
  using none = esp('rayos_1+3.efi', 'rayos-recovery_1.efi');
  assert.equal(decide({ ...facts, ...readEntries(none.path) }).next?.version, '1');
  assert.throws(() => bless(none.path, entry('rayos_2+2-1.efi')), { code: 'STATE_UNWRITABLE' });
});

test('an empty file of that name is no blessing; of two names the blessed one stays', () => {
  using empty = esp('rayos_2+2-1.efi');
  writeFileSync(join(empty.path, 'rayos_2+3.efi'), '');
  assert.equal(bless(empty.path, entry('rayos_2+2-1.efi')), 'rayos_2+3.efi');
  assert.equal(readFileSync(join(empty.path, 'rayos_2+3.efi'), 'utf8'), 'rayos_2+2-1.efi');
  assert.deepEqual(readdirSync(empty.path), ['rayos_2+3.efi']);
  using both = esp('rayos_2+2-1.efi', 'rayos_2+3.efi');
  assert.equal(bless(both.path, entry('rayos_2+2-1.efi')), 'rayos_2+3.efi');
  assert.deepEqual(readEntries(both.path).entries, [entry('rayos_2+3.efi')]);
  assert.deepEqual(readEntries(both.path).setAside, ['rayos_2+2-1.efi.set-aside-1']);
});

test('clean shutdowns give their try back, so any number of them costs none', () => {
  using dir = esp('rayos_2+3.efi', 'rayos_1+3.efi', 'rayos-recovery_1.efi');
  for (let i = 0; i < 4; i++) {
    const { next } = decide({ ...facts, entries: readEntries(dir.path).entries });
    assert.ok(next?.tries);
    assert.equal(next.version, '2');
    const running = { ...next, tries: afterStart(next.tries) };
    renameSync(join(dir.path, entryName(next)), join(dir.path, entryName(running)));
    assert.equal(giveTryBack(dir.path, running), 'rayos_2+3.efi');
  }
  assert.equal(giveTryBack(dir.path, entry('rayos_1+3.efi')), 'rayos_1+3.efi');
});

test('recovery is never counted; names that are not ours are told and left alone', () => {
  using dir = esp('rayos-recovery_1.efi', 'windows.efi', 'rayos_1+x.efi');
  assert.equal(bless(dir.path, entry('rayos-recovery_1.efi')), 'rayos-recovery_1.efi');
  assert.deepEqual(readEntries(dir.path).strange, ['rayos_1+x.efi', 'windows.efi']);
  assert.equal(readdirSync(dir.path).length, 3);
});
