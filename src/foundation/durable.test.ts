import assert from 'node:assert/strict';
import {
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../contracts/index.ts';
import { type DurableCalls, writeDurable } from './durable.ts';

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
