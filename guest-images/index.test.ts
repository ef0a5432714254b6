import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../src/contracts/index.ts';
import { takeLock } from '../src/foundation/index.ts';
import { imageKey } from './build/key.ts';
import { makeWorkspace, needRoom, publish, sweep } from './build/workspace.ts';
import { buildGuestImage, findGuestImage, recipes } from './index.ts';

function temporaryCache(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'rayos-images-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A finished image with small files in it, made by the publishing code itself. */
function fakeImage(cache: string, id: string, key = imageKey('rescue-desktop')): string {
  const folder = join(cache, `.rescue-desktop.build-${id}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'vmlinux'), 'kernel');
  writeFileSync(join(folder, 'initrd.img'), 'initrd');
  const files = {
    vmlinux: { sizeBytes: 6, sha256: '' },
    'initrd.img': { sizeBytes: 6, sha256: '' },
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ key, files, packages: [] }));
  return publish(cache, 'rescue-desktop', folder, id);
}

test('an image is found when it is whole and made from the recipe as it is', () => {
  using cache = temporaryCache();
  const find = () => findGuestImage('rescue-desktop', { cacheDir: cache.path });
  assert.equal(find(), undefined);
  const directory = fakeImage(cache.path, 'one');
  assert.equal(find()?.directory, directory);
  assert.equal(find()?.commandLine, recipes.get('rescue-desktop')?.commandLine);
  writeFileSync(join(directory, 'initrd.img'), 'cut');
  assert.equal(find(), undefined);
  fakeImage(cache.path, 'two', 'another key');
  assert.equal(find(), undefined);
});

test('a valid image is returned at once, without a lock or the network', async () => {
  using cache = temporaryCache();
  const directory = fakeImage(cache.path, 'one');
  const steps: string[] = [];
  const onProgress = (p: { step: string }) => void steps.push(p.step);
  const image = await buildGuestImage('rescue-desktop', { cacheDir: cache.path, onProgress });
  assert.equal(image.directory, directory);
  assert.deepEqual(steps, []);
  assert.ok(!readdirSync(cache.path).includes('.lock'));
});

test('a second builder waits for the first and takes its image', async () => {
  using cache = temporaryCache();
  const lock = takeLock(join(cache.path, '.lock'));
  assert.ok(lock !== undefined);
  const isWaiting = Promise.withResolvers<void>();
  const second = buildGuestImage('rescue-desktop', {
    cacheDir: cache.path,
    force: true,
    onProgress: () => isWaiting.resolve(),
  });
  await isWaiting.promise;
  const directory = fakeImage(cache.path, 'first');
  lock[Symbol.dispose]();
  assert.equal((await second).directory, directory);
});

test('a cancelled build says so and leaves nothing half-made', async () => {
  using cache = temporaryCache();
  const cancel = new AbortController();
  const build = buildGuestImage('rescue-desktop', {
    cacheDir: cache.path,
    signal: cancel.signal,
    onProgress: () => cancel.abort(),
  });
  await assert.rejects(
    build,
    (thrown) => thrown instanceof RayError && thrown.code === 'CANCELLED',
  );
  const left = readdirSync(cache.path).filter((name) => name.includes('rescue-desktop'));
  assert.deepEqual(left, []);
});

test('what dead builders left is swept away; the current image and others stay', () => {
  using cache = temporaryCache();
  fakeImage(cache.path, 'old');
  fakeImage(cache.path, 'new');
  makeWorkspace(cache.path, 'rescue-desktop');
  symlinkSync('nowhere', join(cache.path, '.rescue-desktop.link-x'));
  mkdirSync(join(cache.path, 'downloads'));
  sweep(cache.path, 'rescue-desktop');
  const names = readdirSync(cache.path).sort();
  assert.deepEqual(names, ['downloads', 'rescue-desktop', 'rescue-desktop.new']);
  assert.equal(readFileSync(join(cache.path, 'rescue-desktop', 'vmlinux'), 'utf8'), 'kernel');
});

test('too little room is said before the work, with both figures', () => {
  using cache = temporaryCache();
  assert.throws(
    () => needRoom(cache.path, Number.MAX_SAFE_INTEGER),
    (thrown) =>
      thrown instanceof RayError &&
      thrown.code === 'STATE_UNWRITABLE' &&
      /only \d+ MiB/.test(thrown.message),
  );
});

test('a recipe that does not exist is named', () => {
  assert.throws(() => findGuestImage('plan9'), /no guest image called plan9/);
});
