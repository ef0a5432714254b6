import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setModes } from './modes.ts';

test('whatever the umask was, everybody may read the image, and programs stay programs', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-modes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const below = join(folder, 'usr');
  const paths = { text: join(below, 'text'), program: join(below, 'program') };
  mkdirSync(below);
  for (const path of Object.values(paths)) writeFileSync(path, '');
  symlinkSync('nowhere', join(below, 'link'));
  const modeOf = (path: string) => statSync(path).mode & 0o7777;
  for (const [open, closed] of [
    [0o777, 0o666],
    [0o700, 0o600],
  ] as const) {
    chmodSync(paths.text, closed);
    chmodSync(paths.program, open);
    chmodSync(below, open);
    setModes(folder);
    assert.deepEqual(
      [folder, below, paths.program, paths.text].map(modeOf),
      [0o755, 0o755, 0o755, 0o644],
    );
  }
});
