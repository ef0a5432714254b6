import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { asUnwritable, type DurableCalls, makeDirectory, writeDurable } from './durable.ts';
import { openStore } from './store.ts';

const real: DurableCalls = {
  open: openSync,
  write: (d, b) => writeSync(d, b),
  fsync: fsyncSync,
  close: closeSync,
  rename: renameSync,
};

function folder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'rayos-durable-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('a durable write replaces the file, with the mode asked for', () => {
  using dir = folder();
  const file = join(dir.path, 'policy.toml');
  writeDurable(file, 'old');
  writeDurable(file, 'new');
  assert.equal(readFileSync(file, 'utf8'), 'new');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(dir.path), ['policy.toml']);
});

test('short writes are continued', () => {
  using dir = folder();
  const file = join(dir.path, 'f');
  writeDurable(file, 'x'.repeat(1000), {
    calls: { ...real, write: (d, b) => writeSync(d, b.subarray(0, 7)) },
  });
  assert.equal(readFileSync(file, 'utf8').length, 1000);
});

test('a failure of any one call up to the rename leaves the old file and no temporary one', () => {
  using dir = folder();
  const file = join(dir.path, 'f');
  writeDurable(file, 'old');
  for (const broken of ['open', 'write', 'fsync', 'close', 'rename'] as const) {
    const fail = () => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    assert.throws(
      () => writeDurable(file, 'new', { calls: { ...real, [broken]: fail } }),
      (thrown: unknown) =>
        thrown instanceof RayError &&
        thrown.code === 'STATE_UNWRITABLE' &&
        thrown.next.includes(file),
      broken,
    );
    assert.equal(readFileSync(file, 'utf8'), 'old', broken);
    assert.deepEqual(readdirSync(dir.path), ['f'], broken);
  }
});

test('everything is on disk before it is renamed, and the name is on disk before we return', () => {
  using dir = folder();
  const seen: string[] = [];
  const noted = <A extends unknown[], R>(name: string, call: (...args: A) => R) => {
    return (...args: A): R => {
      seen.push(name);
      return call(...args);
    };
  };
  const calls = Object.fromEntries(
    Object.entries(real).map(([name, call]) => [
      name,
      noted(name, call as (...args: unknown[]) => unknown),
    ]),
  ) as unknown as DurableCalls;
  writeDurable(join(dir.path, 'f'), 'content', { calls });
  assert.deepEqual(seen, ['open', 'write', 'fsync', 'close', 'rename', 'open', 'fsync', 'close']);
});

const unwritable = (thrown: unknown) =>
  thrown instanceof RayError && thrown.code === 'STATE_UNWRITABLE';
const modeOf = (path: string) => statSync(path).mode & 0o777;

test('a folder is made closed, or with the mode asked for', () => {
  using dir = folder();
  makeDirectory(join(dir.path, 'a', 'b'));
  makeDirectory(join(dir.path, 'c'), 0o755);
  assert.equal(modeOf(join(dir.path, 'a', 'b')), 0o700);
  assert.equal(modeOf(join(dir.path, 'c')), 0o755);
});

test('of a folder that is there others lose the right to write, and to read while it is empty', () => {
  using dir = folder();
  const path = join(dir.path, 'there');
  mkdirSync(path);
  chmodSync(path, 0o777);
  makeDirectory(path, 0o755);
  assert.equal(modeOf(path), 0o755);
  makeDirectory(path);
  assert.equal(modeOf(path), 0o700);
  writeFileSync(join(path, 'mine'), '');
  chmodSync(path, 0o775);
  makeDirectory(path);
  assert.equal(modeOf(path), 0o755);
});

test('what is no folder, a link to one, or the folder of somebody else is refused', (t) => {
  using dir = folder();
  const file = join(dir.path, 'file');
  const link = join(dir.path, 'link');
  const other = join(dir.path, 'other');
  writeFileSync(file, '');
  mkdirSync(other, { mode: 0o777 });
  symlinkSync(other, link);
  assert.throws(() => makeDirectory(file), unwritable);
  assert.throws(() => makeDirectory(link), unwritable);
  assert.throws(() => makeDirectory(`${link}/`), unwritable);
  if (process.getuid?.() !== 0) return t.skip('not root: no folder can be given away');
  chownSync(other, 65_534, 65_534);
  assert.throws(() => makeDirectory(other), /belongs to another user/);
});

test('a full or closed database, and a full disk, are told from faults', () => {
  using store = openStore(':memory:', []);
  store.database.exec('CREATE TABLE t (x BLOB) STRICT; PRAGMA max_page_count = 8');
  const thrownBy = (work: () => unknown) => {
    try {
      work();
    } catch (thrown) {
      return thrown;
    }
    return assert.fail('nothing was thrown');
  };
  const full = thrownBy(() => store.database.exec('INSERT INTO t VALUES (zeroblob(100000))'));
  assert.equal(asUnwritable(full)?.code, 'STATE_UNWRITABLE');
  store.database.exec('PRAGMA query_only = ON');
  const closed = thrownBy(() => store.database.exec('INSERT INTO t VALUES (NULL)'));
  assert.equal(asUnwritable(closed)?.code, 'STATE_UNWRITABLE');
  assert.equal(asUnwritable(thrownBy(() => store.database.exec('nonsense'))), undefined);
  const disk = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', path: '/x' });
  assert.match(asUnwritable(disk)?.next ?? '', /\/x/);
  assert.equal(asUnwritable(new Error('boom')), undefined);
});

test('a transaction that finds the disk full says so, and the next one works', () => {
  using store = openStore(':memory:', []);
  store.database.exec('CREATE TABLE t (x BLOB) STRICT; PRAGMA max_page_count = 8');
  const insert = (bytes: number) =>
    store.transaction(() => store.database.exec(`INSERT INTO t VALUES (zeroblob(${bytes}))`));
  for (const bytes of [100_000, 1_000_000])
    assert.throws(
      () => insert(bytes),
      (thrown: unknown) => asUnwritable(thrown)?.code === 'STATE_UNWRITABLE',
    );
  insert(10);
  assert.equal(store.database.prepare('SELECT count(*) AS n FROM t').get()?.n, 1);
});

test('a database that is none any more is told, and left as it is', () => {
  using dir = folder();
  const file = join(dir.path, 'rayos.db');
  const bytes = Buffer.alloc(8192, 0x5a);
  writeFileSync(file, bytes);
  assert.throws(() => openStore(file, []), { code: 'FILE_CORRUPT', message: /put a copy of it/ });
  assert.ok(readFileSync(file).equals(bytes));
});
