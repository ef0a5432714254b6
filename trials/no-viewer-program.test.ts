// The product shows guests by itself: no VNC, no SPICE, no viewer program, not even as a dependency.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const foreign =
  /\b(no)?vnc\b|\bspice\b|\brfb\b|remote-viewer|virt-viewer|x11vnc|tigervnc|guacamole/i;

test('nothing of the product names a remote display protocol or a viewer program', () => {
  const files = globSync(
    ['src/**/*', 'desktop/src/**/*', 'desktop/*.*', 'guest-images/**/*', 'setup/**/*', 'bin/*'],
    { cwd: root, withFileTypes: true },
  ).filter((entry) => entry.isFile() && !/\btest(-helper)?\.ts$/.test(entry.name));
  assert.ok(files.length > 100);
  for (const { parentPath, name } of files) {
    const text = readFileSync(join(parentPath, name), 'latin1');
    assert.doesNotMatch(text, foreign, join(parentPath, name));
  }
});

test('noVNC is there for the bench alone: a development dependency that only bench/ imports', () => {
  const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies }))
    assert.doesNotMatch(name, foreign);
  assert.deepEqual(
    Object.keys(devDependencies ?? {}).filter((name) => foreign.test(name)),
    ['@novnc/novnc'],
  );
});
