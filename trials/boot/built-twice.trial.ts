// The image built once more, with tools, packages and caches of its own, has the same root hash and the same UKI.

import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runWell } from '../../guest-images/build/run.ts';
import type { BuiltImage } from '../../image/build/describe.ts';
import { paths } from '../../src/foundation/index.ts';
import { firstImage, firstVersion } from '../machine/images.ts';
import { ownFolder } from '../machine/own-folder.ts';
import { tied } from '../machine/tied.ts';

const builder = join(import.meta.dirname, '../../image/build.ts');
const minute = 60_000;

test('two builds are one image', { timeout: 18 * minute }, async ({ signal }) => {
  const { cacheDir } = paths();
  const first = read(dirname(firstImage));
  // Beside the first, so that packages can be linked: their hashes are checked again.
  using folder = ownFolder('built-twice', cacheDir);
  const own = folder.path;
  for (const name of readdirSync(join(cacheDir, 'image')))
    if (name === 'apt') borrowPackages(join(cacheDir, 'image/apt'), join(own, 'image/apt'));
  // Guests are inputs here: the lock does not name what is in them.
  symlinkSync(join(cacheDir, 'guest-images'), join(own, 'guest-images'));
  const out = join(own, 'dist');
  const env = {
    RAYOS_CACHE: own,
    SOURCE_DATE_EPOCH: String(Date.parse(first.sourceDate) / 1000),
  };
  const settings = ['--force', '--version', firstVersion, '--out', out];
  // It has ended, with all that it started, before its folder goes.
  await runWell(...tied(process.execPath, [builder, ...settings]), { env, signal });
  const second = read(out);
  assert.equal(second.rootHash, first.rootHash);
  const uki = `rayos-${firstVersion}-x86_64.efi`;
  assert.equal(second.files[uki]?.sha256, first.files[uki]?.sha256);
  assert.ok(
    readFileSync(join(out, uki)).equals(readFileSync(join(dirname(firstImage), uki))),
    'byte for byte',
  );
});

function read(directory: string): BuiltImage {
  const text = readFileSync(join(directory, `rayos-${firstVersion}-x86_64.json`), 'utf8');
  return { ...(JSON.parse(text) as Omit<BuiltImage, 'directory'>), directory };
}

function borrowPackages(from: string, to: string): void {
  if (!existsSync(join(from, 'archives'))) return;
  mkdirSync(join(to, 'archives'), { recursive: true });
  for (const name of readdirSync(join(from, 'archives')))
    if (name.endsWith('.deb')) linkSync(join(from, 'archives', name), join(to, 'archives', name));
  if (existsSync(join(from, 'lists')))
    cpSync(join(from, 'lists'), join(to, 'lists'), { recursive: true });
}
