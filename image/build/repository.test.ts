import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256 } from '../../guest-images/build/unpack.ts';
import type { Archive } from './archive.ts';
import type { LockedPackage } from './lock.ts';
import { makeRepository } from './repository.ts';

function scratch() {
  const path = mkdtempSync(join(tmpdir(), 'rayos-repository-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

async function makeDeb(folder: string, name: string, version: string): Promise<LockedPackage> {
  const tree = join(folder, `${name}.tree`);
  mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
  const control = { Package: name, Version: version, Architecture: 'all', Maintainer: 'none' };
  const lines = Object.entries({ ...control, Description: name }).map(([k, v]) => `${k}: ${v}\n`);
  writeFileSync(join(tree, 'DEBIAN/control'), lines.join(''));
  const file = join(folder, fileName(name, version));
  execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, file], { stdio: 'ignore' });
  return { name, version, architecture: 'all', sha256: await sha256(file), parts: ['image'] };
}

const fileName = (name: string, version: string) =>
  `${name}_${version.replaceAll(':', '%3a')}_all.deb`;

test('apt installs from the archive what was put into it, and nothing that is not what the lock says', async () => {
  using folder = scratch();
  const debs = join(folder.path, 'debs');
  mkdirSync(debs);
  const [one, two] = [
    await makeDeb(debs, 'rayos-one', '1:2.3'),
    await makeDeb(debs, 'rayos-two', '1'),
  ];
  const fileOf = ({ name, version }: LockedPackage) => join(debs, fileName(name, version));
  const archive: Archive = { fileOf, resolve: async () => [], fetch: async () => [] };
  const home = join(folder.path, 'archive');
  await makeRepository(home, [one, { ...two, sha256: 'ab'.repeat(32) }], archive, () => {});
  assert.match(readFileSync(join(home, 'Packages'), 'utf8'), new RegExp(one.sha256));

  const apt = join(folder.path, 'apt');
  for (const name of ['lists/partial', 'archives/partial'])
    mkdirSync(join(apt, name), { recursive: true });
  writeFileSync(join(apt, 'status'), '');
  writeFileSync(join(apt, 'list'), `deb [trusted=yes] copy:${home} ./\n`);
  const settings = [
    `Dir::State::lists=${apt}/lists`,
    `Dir::State::status=${apt}/status`,
    `Dir::Cache=${apt}`,
    `Dir::Etc::sourcelist=${apt}/list`,
    'Dir::Etc::sourceparts=/dev/null',
    'APT::Sandbox::User=',
    'Debug::NoLocking=true',
  ].flatMap((setting) => ['-o', setting]);
  const run = (...args: string[]) =>
    spawnSync('apt-get', [...settings, ...args], { encoding: 'utf8' });
  const updated = run('update');
  assert.equal(updated.status, 0, updated.stderr);
  const good = run('install', '--download-only', '-y', 'rayos-one');
  assert.equal(good.status, 0, good.stderr);
  const bad = run('install', '--download-only', '-y', 'rayos-two');
  assert.notEqual(bad.status, 0);
  assert.match(bad.stderr, /Hash Sum mismatch/);
});
