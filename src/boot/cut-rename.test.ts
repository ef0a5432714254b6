import assert from 'node:assert/strict';
import { linkSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mendCutRenames } from './cut-rename.ts';
import { espCalls, readEntries } from './entries-folder.ts';
import { entryName } from './entry-name.ts';

/** A folder with these files: names of one list share their content, as clusters are shared on VFAT. */
class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rayos-esp-'));

  constructor(...shared: readonly (readonly string[])[]) {
    for (const [first = '', ...others] of shared) {
      writeFileSync(join(this.path, first), 'content');
      for (const other of others) linkSync(join(this.path, first), join(this.path, other));
    }
  }

  addEmpty(...names: readonly string[]): void {
    for (const name of names) writeFileSync(join(this.path, name), '');
  }

  names(): string[] {
    return readdirSync(this.path).sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

test('an empty file is no entry, and is removed before anything is renamed', () => {
  using folder = new Folder(['rayos_2+2-1.efi'], ['windows.efi']);
  folder.addEmpty('rayos_2+3.efi', 'rayos_2+2-1.efi.set-aside-1', 'empty.efi');
  const { entries, empty, strange } = readEntries(folder.path);
  assert.deepEqual(entries.map(entryName), ['rayos_2+2-1.efi']);
  assert.deepEqual(empty, ['rayos_2+2-1.efi.set-aside-1', 'rayos_2+3.efi']);
  assert.deepEqual(strange, ['empty.efi', 'windows.efi'], 'what is not of RayOS is left alone');
  mendCutRenames(folder.path);
  assert.deepEqual(folder.names(), ['empty.efi', 'rayos_2+2-1.efi', 'windows.efi']);
});

test('of two names the one that would be started stays; the other is set aside, and kept', () => {
  for (const spent of ['rayos_2+2-1.efi', 'rayos_2+0-3.efi', 'rayos_2.efi']) {
    using folder = new Folder(
      ['rayos_2+3.efi', spent],
      ['rayos_1+3.efi'],
      ['rayos-recovery_2.efi'],
    );
    mendCutRenames(folder.path);
    const { entries, setAside, strange } = readEntries(folder.path);
    assert.deepEqual(entries.map(entryName), [
      'rayos-recovery_2.efi',
      'rayos_1+3.efi',
      'rayos_2+3.efi',
    ]);
    assert.deepEqual([setAside, strange], [[`${spent}.set-aside-1`], []]);
    assert.equal(statSync(join(folder.path, 'rayos_2+3.efi')).nlink, 2);
    const before = folder.names();
    mendCutRenames(folder.path);
    assert.deepEqual(folder.names(), before, 'and nothing is done again');
  }
});

test('cut off while one was set aside: that name is not replaced', () => {
  const [spent, aside] = ['rayos_2+2-1.efi', 'rayos_2+2-1.efi.set-aside-1'];
  using folder = new Folder(['rayos_2+3.efi', spent, aside]);
  mendCutRenames(folder.path);
  assert.deepEqual(folder.names(), [aside, `${spent}.set-aside-2`, 'rayos_2+3.efi']);
  assert.equal(statSync(join(folder.path, 'rayos_2+3.efi')).nlink, 3);
});

test('a failure of any call leaves what the next attempt mends', () => {
  const fail = () => {
    throw new Error('input/output error');
  };
  for (const call of ['remove', 'rename', 'syncPath'] as const) {
    using folder = new Folder(['rayos_2+3.efi', 'rayos_2+2-1.efi']);
    folder.addEmpty('rayos_2+1-2.efi');
    assert.throws(() => mendCutRenames(folder.path, { ...espCalls, [call]: fail }));
    mendCutRenames(folder.path);
    assert.deepEqual(folder.names(), ['rayos_2+2-1.efi.set-aside-1', 'rayos_2+3.efi']);
  }
});
