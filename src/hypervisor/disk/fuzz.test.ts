import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RayError } from '../../contracts/index.ts';
import { corpusOf, fuzz } from '../../foundation/testing-fuzz.ts';
import { parseQcow2, trustedHeader } from './qcow2.ts';

const corpus = join(import.meta.dirname, 'corpus');

test('headers that are nearly right: read, or the one declared error', () => {
  fuzz(corpus, (bytes) => {
    try {
      const header = parseQcow2(bytes, 'the disk');
      assert.ok(Number.isSafeInteger(header.virtualBytes) && header.virtualBytes >= 0);
      assert.ok((header.backing ?? '').length <= 1023);
    } catch (thrown) {
      assert.ok(thrown instanceof RayError && thrown.code === 'FILE_CORRUPT', String(thrown));
    }
  });
});

test('a disk that names another file than its own is never trusted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-header-'));
  try {
    for (const { name, bytes } of corpusOf(corpus)) {
      const file = join(folder, 'disk.qcow2');
      writeFileSync(file, bytes);
      if (name.startsWith('backed'))
        assert.throws(() => trustedHeader(file, undefined), { code: 'FILE_CORRUPT' });
      else assert.equal(trustedHeader(file, undefined).backing, undefined);
      assert.throws(() => trustedHeader(file, '/etc/passwd'), { code: 'FILE_CORRUPT' });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
