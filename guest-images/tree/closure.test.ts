import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { dynamicElf } from '../testing/elf-writer.ts';
import { Closure, MissingFileError } from './closure.ts';
import { Tree } from './tree.ts';

const lib = '/usr/lib/x86_64-linux-gnu';

/** Unpacked packages with these files; a value that is a string is a link's target. */
function packages(files: Readonly<Record<string, Buffer | string>>): Disposable & { root: string } {
  const root = mkdtempSync(join(tmpdir(), 'rayos-closure-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (typeof content === 'string') symlinkSync(content, join(root, path));
    else writeFileSync(join(root, path), content, { mode: 0o755 });
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

function closureOf(root: string, ...paths: string[]): string[] {
  const tree = new Tree();
  const closure = new Closure(root, tree);
  for (const path of paths) closure.add(path);
  return tree
    .entries()
    .filter((e) => e.kind !== 'directory')
    .map((e) => e.path);
}

test('a program brings its libraries, theirs, and the links that name them', () => {
  using p = packages({
    '/usr/bin/tool': dynamicElf(['liba.so.1']),
    [`${lib}/liba.so.1`]: 'liba.so.1.2',
    [`${lib}/liba.so.1.2`]: dynamicElf(['libb.so']),
    [`${lib}/libb.so`]: dynamicElf(['liba.so.1']),
    [`${lib}/libunused.so`]: dynamicElf([]),
  });
  assert.deepEqual(closureOf(p.root, '/bin/tool'), [
    'usr/bin/tool',
    'usr/lib/x86_64-linux-gnu/liba.so.1',
    'usr/lib/x86_64-linux-gnu/liba.so.1.2',
    'usr/lib/x86_64-linux-gnu/libb.so',
  ]);
});

test('a library beside its program is found by $ORIGIN', () => {
  using p = packages({
    '/usr/lib/tool/bin/tool': dynamicElf(['libown.so'], '$ORIGIN/../private'),
    '/usr/lib/tool/private/libown.so': dynamicElf([]),
  });
  assert.ok(closureOf(p.root, '/usr/lib/tool/bin/tool').includes('usr/lib/tool/private/libown.so'));
});

test('a folder is taken whole; links in it are followed inside the packages only', () => {
  using p = packages({
    '/usr/share/x/a': Buffer.from('a'),
    '/usr/share/x/b': '/usr/share/y/b',
    '/usr/share/y/b': Buffer.from('b'),
    '/usr/share/z': 'y',
  });
  const taken = closureOf(p.root, '/usr/share/x', '/usr/share/z/b');
  assert.deepEqual(taken, ['usr/share/x/a', 'usr/share/x/b', 'usr/share/y/b']);
});

test('what no package has is named, with who asked for it', () => {
  using p = packages({ '/usr/bin/tool': dynamicElf(['libgone.so.3']) });
  assert.throws(
    () => closureOf(p.root, '/usr/bin/tool'),
    /libgone\.so\.3, asked for by \/usr\/bin\/tool/,
  );
  assert.throws(() => closureOf(p.root, '/etc/passwd'), MissingFileError);
});

test('links in a circle end in an error', () => {
  using p = packages({ '/usr/a': 'b', '/usr/b': 'a' });
  assert.throws(() => closureOf(p.root, '/usr/a/x'), MissingFileError);
});
