import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { filesIn } from '../../guest-images/build/key.ts';
import { currentImage, imageIsCurrent, inputsKey, isVersion, ownFiles } from './inputs.ts';

const root = join(import.meta.dirname, '../..');

const name = { version: '1.2.3', architecture: 'x86_64' } as const;

function scratch() {
  const path = mkdtempSync(join(tmpdir(), 'rayos-inputs-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

test('the key changes with each file that the image is made of, and with nothing else', () => {
  using folder = scratch();
  for (const file of ['package.json', 'src/a.ts', 'image/mkosi/mkosi.conf', 'package-lock.json'])
    write(folder.path, file, 'before');
  const seen = new Set([inputsKey(name, folder.path)]);
  const isNewKey = () => {
    const before = seen.size;
    return seen.add(inputsKey(name, folder.path)).size > before;
  };
  for (const file of ['src/a.test.ts', 'README.md', 'trials/a.ts', 'desktop/dist/index.html']) {
    write(folder.path, file, 'after');
    assert.equal(isNewKey(), false, file);
  }
  const deciding = [
    'guest-images/x/home/.bashrc',
    'src/a.ts',
    'src/b.ts',
    'image/tree/etc/fstab',
    'desktop/src/page.tsx',
  ];
  for (const file of [...deciding, 'package-lock.json', 'docs/boot.md']) {
    write(folder.path, file, 'after');
    assert.equal(isNewKey(), true, file);
  }
  chmodSync(join(folder.path, 'src/a.ts'), 0o600);
  assert.equal(isNewKey(), false, 'who else may read it is not kept by git');
  chmodSync(join(folder.path, 'src/a.ts'), 0o755);
  assert.equal(isNewKey(), true, 'it is a program now');
  assert.notEqual(
    inputsKey({ ...name, version: '1.2.4' }, folder.path),
    inputsKey(name, folder.path),
  );
});

test('an image is current when its manifest names the key and its files have their sizes', () => {
  using folder = scratch();
  const manifest = {
    image: 'a.raw',
    files: { 'a.raw': { sizeBytes: 3 } },
    inputs: inputsKey(name),
  };
  const put = (value: object) =>
    write(folder.path, 'rayos-1.2.3-x86_64.json', JSON.stringify(value));
  assert.equal(currentImage(folder.path, name), undefined);
  put(manifest);
  assert.equal(imageIsCurrent(folder.path, name), false, 'its file is missing');
  write(folder.path, 'a.raw', 'ab');
  assert.equal(imageIsCurrent(folder.path, name), false, 'its file is cut off');
  write(folder.path, 'a.raw', 'abc');
  assert.equal(imageIsCurrent(folder.path, name), true);
  put({ ...manifest, signed: { certificate: 'AB', enrols: false } });
  assert.equal(imageIsCurrent(folder.path, name), false, 'it is signed, and nobody asked for that');
  put({ ...manifest, inputs: 'another' });
  assert.equal(imageIsCurrent(folder.path, name), false, 'something was changed since');
  write(folder.path, 'rayos-1.2.3-x86_64.json', '{');
  assert.equal(imageIsCurrent(folder.path, name), false);
});

test('an installed RayOS has all that its guests are made of, so that it knows them as built', () => {
  const names = new Set(ownFiles());
  const isMissing = (path: string) => !names.has(relative(root, path));
  const deciding = filesIn(join(root, 'guest-images')).filter(
    (path) => !/\.test\.ts$/.test(path) && !path.includes('/guest-images/testing/'),
  );
  assert.deepEqual(deciding.filter(isMissing), []);
});

test('a version fits into a partition label and does not look like a boot counter', () => {
  for (const version of ['0.1.0', '2026.11', '1.0~rc1', '1-2^3'])
    assert.ok(isVersion(version), version);
  for (const version of ['', 'v1', '1+3', '1_2', '1/2', '../1', `1${'0'.repeat(30)}`])
    assert.ok(!isVersion(version), version);
});
