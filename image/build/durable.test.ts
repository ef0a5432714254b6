import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { putInPlace } from './durable.ts';

/** A `sync` of this test, which ends so. */
function withSync(t: TestContext, code: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-durable-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const said = join(folder, 'said');
  const script = `#!/bin/sh\necho "$@" >>'${said}'\nexit ${code}\n`;
  writeFileSync(join(folder, 'sync'), script, { mode: 0o755 });
  const before = process.env.PATH;
  process.env.PATH = [folder, before].join(delimiter);
  t.after(() => {
    process.env.PATH = before;
  });
  return folder;
}

test('a file is synced, and a folder with all of its file system, before it has its name', async (t) => {
  const folder = withSync(t, 0);
  const [file, tree] = [join(folder, 'file.unfinished'), join(folder, 'tree.unfinished')];
  writeFileSync(file, 'content');
  mkdirSync(tree);
  await putInPlace(file, join(folder, 'file'));
  await putInPlace(tree, join(folder, 'tree'));
  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'content');
  assert.ok(existsSync(join(folder, 'tree')));
  assert.equal(readFileSync(join(folder, 'said'), 'utf8'), `${file}\n--file-system ${tree}\n`);
});

test('what cannot be synced does not get its name', async (t) => {
  const folder = withSync(t, 1);
  const unfinished = join(folder, 'file.unfinished');
  writeFileSync(unfinished, 'content');
  await assert.rejects(putInPlace(unfinished, join(folder, 'file')));
  assert.ok(!existsSync(join(folder, 'file')));
});
