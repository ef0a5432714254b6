import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Archive } from './archive.ts';
import { formatLock, type LockedPackage, parseLock } from './lock.ts';
import { driftWords, type LockMode, openChoice } from './packages.ts';

const p = (name: string, version: string): LockedPackage => ({
  name,
  version,
  architecture: 'amd64',
  sha256: Buffer.from(`${name}${version}`.padEnd(32, '.')).toString('hex').slice(0, 64),
  parts: ['image'],
});
const locked = [p('bash', '5.2'), p('libc6', '2.41')];
const wanted = { image: ['bash'] };
const nothing = () => {};

function scratch() {
  const path = mkdtempSync(join(tmpdir(), 'rayos-lock-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** An archive that today has `today`, and files of nothing else. */
function archiveOf(today: readonly LockedPackage[]): Archive {
  const has = (wanted: LockedPackage) => today.some(({ sha256 }) => sha256 === wanted.sha256);
  return {
    resolve: async () => [...today],
    fetch: async (packages) => packages.filter((one) => !has(one)),
    fileOf: ({ name }) => name,
  };
}

async function build(
  folder: string,
  mode: LockMode,
  today: readonly LockedPackage[],
  names = wanted,
) {
  const choice = openChoice(join(folder, 'lock'), mode);
  const chosen = await choice.choose(archiveOf(today), names, nothing);
  return { versions: chosen.map(({ version }) => version), state: choice.finish() };
}

function lockIn(folder: string): void {
  const wanted = { image: ['bash'], initrd: [], recovery: [], tools: [] };
  writeFileSync(join(folder, 'lock'), formatLock({ date: '2026-11-23', wanted, packages: locked }));
}

test('a build takes the locked packages, though the archive has newer ones beside them', async () => {
  using folder = scratch();
  lockIn(folder.path);
  const today = [...locked, p('libc6', '2.42')];
  for (const mode of ['exact', 'drift'] as const) {
    const { versions, state } = await build(folder.path, mode, today);
    assert.deepEqual(versions, ['5.2', '2.41']);
    assert.deepEqual(state, { lock: 'kept', drift: [] });
  }
});

test('where a locked package is gone, a build takes what there is and says which packages differ', async () => {
  using folder = scratch();
  lockIn(folder.path);
  const { versions, state } = await build(folder.path, 'drift', [
    p('bash', '5.2'),
    p('libc6', '2.42'),
  ]);
  assert.deepEqual(versions, ['5.2', '2.42']);
  assert.deepEqual(state, {
    lock: 'drifted',
    drift: [{ name: 'libc6:amd64', locked: '2.41', used: '2.42' }],
  });
  assert.match(driftWords(state), /libc6:amd64: locked 2.41, used 2.42[\s\S]*--update-lock/);
  await assert.rejects(build(folder.path, 'exact', [p('bash', '5.2'), p('libc6', '2.42')]), {
    code: 'BUILD_FAILED',
    message: /no longer has libc6 2\.41/,
    next: /--update-lock/,
  });
});

test('another list of names is drift only if it needs other packages', async () => {
  using folder = scratch();
  lockIn(folder.path);
  const more = { image: ['bash', 'libc6'] };
  assert.equal((await build(folder.path, 'exact', locked, more)).state.lock, 'kept');
  const today = [...locked, p('less', '1')];
  assert.equal((await build(folder.path, 'drift', today, more)).state.lock, 'drifted');
  await assert.rejects(build(folder.path, 'exact', today, more), { code: 'BUILD_FAILED' });
});

test('an update makes the lock of what there is; without a lock nothing is kept to', async () => {
  using folder = scratch();
  const file = join(folder.path, 'lock');
  assert.equal((await build(folder.path, 'drift', locked)).state.lock, 'drifted');
  await assert.rejects(build(folder.path, 'exact', locked), { code: 'BUILD_FAILED' });
  assert.equal(existsSync(file), false);
  assert.equal((await build(folder.path, 'update', locked)).state.lock, 'kept');
  assert.deepEqual(
    parseLock(readFileSync(file, 'utf8')).packages.map(({ version }) => version),
    ['5.2', '2.41'],
  );
  assert.equal((await build(folder.path, 'exact', locked)).state.lock, 'kept');
});
