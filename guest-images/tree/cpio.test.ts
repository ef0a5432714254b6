// The writer against a reader of the test's own; the kernel is the other reader (rescue-desktop.vm.test.ts).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeCpio } from './cpio.ts';
import { Tree } from './tree.ts';

type Read = { path: string; mode: number; uid: number; content: string };

/** Reads an archive back, by the format's definition rather than by the writer's code. */
function read(archive: Buffer): Read[] {
  const entries: Read[] = [];
  for (let at = 0; ; ) {
    const field = (i: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + i * 8, at + 14 + i * 8), 16);
    assert.equal(archive.toString('latin1', at, at + 6), '070701');
    assert.equal(at % 4, 0);
    const [mode, uid, size, nameSize] = [field(1), field(2), field(6), field(11)];
    const path = archive.toString('utf8', at + 110, at + 110 + nameSize - 1);
    const start = (at + 110 + nameSize + 3) & ~3;
    if (path === 'TRAILER!!!') return entries;
    entries.push({ path, mode, uid, content: archive.toString('latin1', start, start + size) });
    at = (start + size + 3) & ~3;
  }
}

const pack = (tree: Tree) => Buffer.concat([...writeCpio(tree.entries(), 1)]);

test('files, links, folders and devices, with parents made and owners kept', () => {
  const tree = new Tree();
  tree.file('/usr/bin/tool', Buffer.from('tool'), { mode: 0o755 });
  tree.link('bin', 'usr/bin');
  tree.character('dev/console', 5, 1);
  tree.file('home/ray/.bashrc', Buffer.from('x'));
  tree.own('home/ray', 1000, 1000);
  const entries = read(pack(tree));
  assert.deepEqual(
    entries.map((e) => `${e.mode.toString(8)} ${e.uid} ${e.path}`),
    [
      '120777 0 bin',
      '40755 0 dev',
      '20600 0 dev/console',
      '40755 0 home',
      '40755 1000 home/ray',
      '100644 1000 home/ray/.bashrc',
      '40755 0 usr',
      '40755 0 usr/bin',
      '100755 0 usr/bin/tool',
    ],
  );
  assert.equal(entries[0]?.content, 'usr/bin');
});

test('the tree refuses paths that lead out of it', () => {
  for (const path of ['', '/', '../x', 'a/../b', 'a//b', './a'])
    assert.throws(() => new Tree().file(path, Buffer.alloc(0)), /not a path/);
});

test('property: whatever goes in comes out, parents first, the same bytes each time', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const path = fc
    .array(name, { minLength: 1, maxLength: 4 })
    .map((parts) => `f/${parts.join('/')}.x`);
  fc.assert(
    fc.property(fc.dictionary(path, fc.string({ unit: 'binary-ascii' })), (files) => {
      const tree = new Tree();
      for (const [at, content] of Object.entries(files)) tree.file(at, Buffer.from(content));
      const archive = pack(tree);
      const entries = read(archive);
      const seen = new Set<string>();
      for (const { path: at, mode, content } of entries) {
        const parent = at.split('/').slice(0, -1).join('/');
        assert.ok(parent === '' || seen.has(parent));
        seen.add(at);
        if (mode >> 12 === 8) assert.equal(content, files[at]);
      }
      assert.equal(entries.filter((e) => e.mode >> 12 === 8).length, Object.keys(files).length);
      assert.ok(archive.equals(pack(tree)));
    }),
  );
});
