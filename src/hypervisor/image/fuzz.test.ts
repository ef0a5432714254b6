// Files of strangers: each kind that RayOS knows, and what is nearly one.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import Value from 'typebox/value';
import { RayError } from '../../contracts/index.ts';
import { corpusOf, fuzz } from '../../foundation/testing-fuzz.ts';
import { Look } from './found.ts';
import { recognise } from './recognise.ts';
import { memorySource } from './source.ts';

const corpus = join(import.meta.dirname, 'corpus');
const declared = ['FILE_UNKNOWN', 'FILE_CORRUPT', 'GUEST_CANNOT'];

/** The kind and format of a file, or the code of its refusal. */
function kindOf(bytes: Buffer): string {
  try {
    const found = recognise(memorySource(bytes));
    // What the process that looks answers is checked against this when it comes back.
    assert.ok(Value.Check(Look, { found }), JSON.stringify(found));
    return 'format' in found ? `${found.kind} ${found.format}` : found.kind;
  } catch (thrown) {
    if (thrown instanceof assert.AssertionError) throw thrown;
    assert.ok(thrown instanceof RayError, String(thrown instanceof Error ? thrown.stack : thrown));
    assert.ok(declared.includes(thrown.code), `${thrown.code}: ${thrown.message}`);
    return thrown.code;
  }
}

test('the corpus is what its names say', () => {
  const found = Object.fromEntries(
    corpusOf(corpus).map(({ name, bytes }) => [name, kindOf(bytes)]),
  );
  assert.deepEqual(found, {
    'archive.tar.gz': 'FILE_UNKNOWN',
    'backed.qcow2.gz': 'GUEST_CANNOT',
    'bzimage.gz': 'kernel bzImage',
    'descriptor.vmdk': 'GUEST_CANNOT',
    'disc.iso.gz': 'iso',
    'dynamic.vhd.gz': 'disk vpc',
    'dynamic.vhdx.gz': 'disk vhdx',
    'fixed.vhd.gz': 'disk vpc',
    'gpt.raw.gz': 'disk raw',
    'loader.efi.gz': 'efi',
    'mbr.raw.gz': 'disk raw',
    'memtest.gz': 'kernel bzImage',
    'old.qcow2.gz': 'disk qcow2',
    'plain.qcow2.gz': 'disk qcow2',
    'sparse.vmdk.gz': 'disk vmdk',
    'stream.vmdk.gz': 'disk vmdk',
    'vmlinux.gz': 'kernel vmlinux',
  });
});

test('files that are nearly right are found, or refused by a declared error', () => {
  fuzz(corpus, (bytes) => void kindOf(bytes), 2500);
});
