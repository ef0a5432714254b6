// Guests in the image lie where the RayOS in it looks for them.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { imageKey } from '../../guest-images/build/key.ts';
import { copyGuests, keyedAsIn, type PackedGuest } from './guests.ts';
import { stripTypes } from './plain.ts';

const recipe = 'rescue-desktop';
const guestImages = join(import.meta.dirname, '../../guest-images');

test('a guest has the key of its recipe as it lies in the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-guests-'));
  try {
    const home = join(folder, 'usr/lib/rayos');
    cpSync(guestImages, join(home, 'guest-images'), { recursive: true, verbatimSymlinks: true });
    stripTypes(home);
    const kernel = join(folder, 'vmlinuz');
    writeFileSync(kernel, 'kernel');
    const manifest = { recipe, recipeKey: imageKey(recipe), files: {} };
    const built = { manifest, hash: 'abc', files: new Map([['vmlinuz', kernel]]) };
    const guests = keyedAsIn(join(home, 'guest-images'), [built as unknown as PackedGuest]);
    const key = imageKey(recipe, join(home, 'guest-images'));
    assert.notEqual(key, imageKey(recipe), 'the types are gone');
    assert.equal(guests[0]?.manifest.recipeKey, key);

    copyGuests(folder, guests);
    const lines = readFileSync(join(folder, 'usr/lib/tmpfiles.d/rayos-guest-images.conf'), 'utf8');
    assert.match(
      lines,
      new RegExp(`^L\\+ /var/cache/rayos/guest-images/${recipe}\\.${key}-abc `, 'm'),
    );
    assert.match(lines, new RegExp(`^L\\+ \\S+/${recipe} - - - - ${recipe}\\.${key}-abc$`, 'm'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
