import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { takeLock } from '../../src/foundation/index.ts';
import type { Architecture } from './architecture.ts';
import type { BuiltImage } from './describe.ts';
import { publish } from './publish.ts';

function scratch() {
  const path = mkdtempSync(join(tmpdir(), 'rayos-publish-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A finished build whose files all have this content. */
function buildIn(output: string, architecture: Architecture, content: string): BuiltImage {
  mkdirSync(output, { recursive: true });
  const names = ['raw', 'efi', 'cdx.json', 'json'].map((end) => `rayos-1-${architecture}.${end}`);
  for (const name of names) writeFileSync(join(output, name), content);
  const described = { sizeBytes: content.length, allocatedBytes: 0, sha256: 'ab'.repeat(32) };
  const files = Object.fromEntries(names.map((name) => [name, described]));
  return { version: '1', architecture, image: names[0], files } as unknown as BuiltImage;
}

const silent = () => {};

test('all files are there, and the checksums of builds for both processors', async () => {
  using folder = scratch();
  const out = join(folder.path, 'dist');
  const outputs = (['x86_64', 'aarch64'] as const).map((architecture) => {
    const output = join(folder.path, architecture);
    return { output, built: buildIn(output, architecture, architecture) };
  });
  await Promise.all(outputs.map(({ output, built }) => publish(output, out, built, silent)));
  for (const { built } of outputs)
    for (const name of Object.keys(built.files))
      assert.equal(readFileSync(join(out, name), 'utf8'), built.architecture);
  const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trim().split('\n');
  assert.equal(sums.length, 8);
  assert.deepEqual(
    readdirSync(out).filter((name) => name.startsWith('.rayos-')),
    [],
  );
});

test('a build waits until another one has written its files, and leaves these alone', async () => {
  using folder = scratch();
  const built = buildIn(join(folder.path, 'output'), 'x86_64', 'new');
  const other = join(folder.path, '.rayos-of-the-other');
  const lock = takeLock(join(folder.path, '.lock'));
  assert.ok(lock);
  writeFileSync(other, 'half');
  const { promise: waits, resolve } = Promise.withResolvers<void>();
  const published = publish(join(folder.path, 'output'), folder.path, built, ({ step }) => {
    if (step.startsWith('waiting')) resolve();
  });
  await waits;
  assert.ok(existsSync(other));
  lock[Symbol.dispose]();
  await published;
  assert.ok(!existsSync(other), 'now nobody writes it any more');
});

test('interrupted while it copies, the image that was there is whole', async () => {
  using folder = scratch();
  const out = join(folder.path, 'dist');
  const output = join(folder.path, 'output');
  await publish(output, out, buildIn(output, 'x86_64', 'old'), silent);
  const built = buildIn(output, 'x86_64', 'new');
  // As when the copying of the disk ends badly.
  rmSync(join(output, built.image));
  await assert.rejects(publish(output, out, built, silent));
  for (const name of Object.keys(built.files))
    assert.equal(readFileSync(join(out, name), 'utf8'), 'old', name);
});

test('interrupted while the files get their names, no manifest speaks for them', async () => {
  using folder = scratch();
  const output = join(folder.path, 'output');
  const out = join(folder.path, 'dist');
  await publish(output, out, buildIn(output, 'x86_64', 'old'), silent);
  const built = buildIn(output, 'x86_64', 'new');
  // The image itself cannot be replaced.
  rmSync(join(out, built.image));
  mkdirSync(join(out, built.image));
  await assert.rejects(publish(output, out, built, silent));
  assert.ok(!existsSync(join(out, 'rayos-1-x86_64.json')));
});
