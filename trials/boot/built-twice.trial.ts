// The image built once more, with tools, packages and caches of its own, has the same root hash and the same UKI.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { BuiltImage } from '../../image/build/describe.ts';
import { paths } from '../../src/foundation/index.ts';
import { firstImage, firstVersion } from '../machine/images.ts';

const builder = join(import.meta.dirname, '../../image/build.ts');
const minute = 60_000;

test('two builds are one image', { timeout: 18 * minute }, async ({ signal }) => {
  const { cacheDir } = paths();
  const first = read(dirname(firstImage));
  // Beside the first, so that packages can be linked: their hashes are checked again.
  const own = mkdtempSync(join(cacheDir, 'built-twice-'));
  try {
    for (const folder of readdirSync(join(cacheDir, 'image')))
      if (folder === 'apt') borrowPackages(join(cacheDir, 'image/apt'), join(own, 'image/apt'));
    // Guests are inputs here: the lock does not name what is in them.
    symlinkSync(join(cacheDir, 'guest-images'), join(own, 'guest-images'));
    const out = join(own, 'dist');
    const env = {
      ...process.env,
      RAYOS_CACHE: own,
      SOURCE_DATE_EPOCH: String(Date.parse(first.sourceDate) / 1000),
    };
    const args = [builder, '--force', '--version', firstVersion, '--out', out];
    await promisify(execFile)(process.execPath, args, { env, signal, maxBuffer: 1 << 26 });
    const second = read(out);
    assert.equal(second.rootHash, first.rootHash);
    const uki = `rayos-${firstVersion}-x86_64.efi`;
    assert.equal(second.files[uki]?.sha256, first.files[uki]?.sha256);
    assert.ok(
      readFileSync(join(out, uki)).equals(readFileSync(join(dirname(firstImage), uki))),
      'byte for byte',
    );
  } finally {
    rmSync(own, { recursive: true, force: true, maxRetries: 5 });
  }
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
