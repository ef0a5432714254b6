import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../src/contracts/index.ts';
import { takeLock } from '../src/foundation/index.ts';
import { until } from '../src/foundation/testing-until.ts';
import { imageKey } from './build/key.ts';
import { contained } from './build/namespace.ts';
import { isPinned } from './build/pins.ts';
import { makeWorkspace, needRoom, publish, sweep } from './build/workspace.ts';
import { buildGuestImage, findGuestImage, pinImage, unpinImage } from './index.ts';

function temporaryCache(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'rayos-images-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A finished image with small files in it, made by the publishing code itself. */
function fakeImage(cache: string, id: string, recipeKey = imageKey('rescue-desktop')): string {
  const folder = join(cache, `.rescue-desktop.build-${id}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'vmlinux'), 'kernel');
  writeFileSync(join(folder, 'initrd.img'), 'initrd');
  const files = {
    vmlinux: { sizeBytes: 6, sha256: '' },
    'initrd.img': { sizeBytes: 6, sha256: '' },
  };
  const start = { commandLine: `quiet ${id}`, memoryMiB: 64, cpus: 1 };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ recipeKey, ...start, files }));
  return publish(cache, 'rescue-desktop', folder, `${recipeKey}-${id}`);
}

test('an image is found when it is whole and made from the recipe as it is', () => {
  using cache = temporaryCache();
  const find = () => findGuestImage('rescue-desktop', { cacheDir: cache.path });
  assert.equal(find(), undefined);
  const directory = fakeImage(cache.path, 'one');
  assert.equal(find()?.directory, directory);
  assert.equal(find()?.commandLine, 'quiet one');
  writeFileSync(join(directory, 'initrd.img'), 'cut');
  assert.equal(find(), undefined);
  fakeImage(cache.path, 'two', '0123456789abcdef');
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

test('what dead builders left is swept away; the newest image and others stay', () => {
  using cache = temporaryCache();
  fakeImage(cache.path, 'old');
  const newest = fakeImage(cache.path, 'new');
  makeWorkspace(cache.path, 'rescue-desktop');
  symlinkSync('nowhere', join(cache.path, '.rescue-desktop.link-x'));
  mkdirSync(join(cache.path, 'downloads'));
  mkdirSync(join(cache.path, 'linux-desktop.0123456789abcdef-x'));
  sweep(cache.path, 'rescue-desktop');
  const names = readdirSync(cache.path).sort();
  assert.deepEqual(names, [
    'downloads',
    'linux-desktop.0123456789abcdef-x',
    'rescue-desktop',
    basename(newest),
  ]);
  assert.equal(readFileSync(join(cache.path, 'rescue-desktop', 'vmlinux'), 'utf8'), 'kernel');
});

/** A guest with this id, whose state is in the cache's folder as well. */
function fakeGuest(cache: string, id: string) {
  mkdirSync(join(cache, 'guests', id), { recursive: true });
  return { cacheDir: cache, stateDir: cache, id };
}

test('an image that a guest is pinned to stays, and is found by its key as it was', () => {
  using cache = temporaryCache();
  fakeImage(cache.path, 'old');
  const key = `${imageKey('rescue-desktop')}-old`;
  const guest = fakeGuest(cache.path, 'one');
  pinImage('rescue-desktop', key, guest);
  pinImage('rescue-desktop', key, guest);
  pinImage('rescue-desktop', key, fakeGuest(cache.path, 'two'));
  fakeImage(cache.path, 'new', '0123456789abcdef');
  sweep(cache.path, 'rescue-desktop');
  const find = () => findGuestImage('rescue-desktop', { cacheDir: cache.path, key });
  assert.equal(find()?.key, key);
  assert.equal(find()?.commandLine, 'quiet old');
  unpinImage('rescue-desktop', key, guest);
  sweep(cache.path, 'rescue-desktop');
  assert.equal(find()?.key, key);
  unpinImage('rescue-desktop', key, { ...guest, id: 'two' });
  unpinImage('rescue-desktop', key, { ...guest, id: 'never' });
  sweep(cache.path, 'rescue-desktop');
  assert.equal(find(), undefined);
});

test('a pin counts for nothing when its guest is gone, but for a while when it is being made', () => {
  using cache = temporaryCache();
  fakeImage(cache.path, 'old');
  const name = `rescue-desktop.${imageKey('rescue-desktop')}-old`;
  const guest = { cacheDir: cache.path, stateDir: cache.path, id: 'unmade' };
  pinImage('rescue-desktop', name.slice('rescue-desktop.'.length), guest);
  const hour = 60 * 60 * 1000;
  assert.equal(isPinned(cache.path, name), true);
  assert.equal(isPinned(cache.path, name, Date.now() + 2 * hour), false);
  assert.equal(isPinned(cache.path, name), false);
  assert.ok(!readdirSync(join(cache.path, '.pins')).includes(name));
});

test('a pin that cannot be read keeps its image', () => {
  using cache = temporaryCache();
  mkdirSync(join(cache.path, '.pins', 'x'), { recursive: true });
  writeFileSync(join(cache.path, '.pins', 'x', 'broken'), '{"stateDir":');
  assert.equal(isPinned(cache.path, 'x', Date.now() + 1e12), true);
});

test('what is not there cannot be pinned, and leaves no pin', () => {
  using cache = temporaryCache();
  const guest = fakeGuest(cache.path, 'one');
  for (const key of ['0123456789abcdef-gone', '../../etc', ''])
    assert.throws(
      () => pinImage('rescue-desktop', key, guest),
      (thrown) => thrown instanceof RayError && thrown.code === 'IMAGE_MISSING',
    );
  assert.equal(isPinned(cache.path, 'rescue-desktop.0123456789abcdef-gone'), false);
  assert.equal(findGuestImage('rescue-desktop', { cacheDir: cache.path, key: '../x' }), undefined);
});

test('what runs in a namespace of the builder is gone with it, even by kill -9', async () => {
  const [command, args] = contained('sh', ['-c', 'sleep 1000 & echo $$; exec sleep 1000']);
  const runner = `const c = require('node:child_process').spawn(${JSON.stringify(command)},
    ${JSON.stringify(args)}, { stdio: ['ignore', 'pipe', 'inherit'] });
    c.stdout.on('data', () => process.stdout.write(String(c.pid) + '\\n'));`;
  const builder = spawn(process.execPath, ['-e', runner], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(builder.stdout, 'data')) as [Buffer];
  const outer = Number(said.toString());
  const inside = childrenOf(outer);
  assert.ok(inside.length > 0);
  builder.kill('SIGKILL');
  await once(builder, 'exit');
  await until(() => ![outer, ...inside].some(isRunning), 'their end');
});

function childrenOf(pid: number): number[] {
  const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const own = list === '' ? [] : list.split(' ').map(Number);
  return own.flatMap((child) => [child, ...childrenOf(child)]);
}

/** Not gone, and not only waiting for somebody to take note of its end. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

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
