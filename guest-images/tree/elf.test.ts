import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { dynamicElf, moduleElf } from '../testing/elf-writer.ts';
import { ElfError, readDynamic, readSection } from './elf.ts';

test('a real program asks for libc and names its loader', () => {
  const { needed, interpreter } = readDynamic(readFileSync('/usr/bin/dpkg-deb'));
  assert.ok(needed.includes('libc.so.6'));
  assert.match(interpreter ?? '', /^\/lib.*ld-linux/);
});

test('libraries and search paths come out in order', () => {
  const { needed, runpath } = readDynamic(dynamicElf(['liba.so.1', 'libb.so'], '$ORIGIN/x:/opt'));
  assert.deepEqual(needed, ['liba.so.1', 'libb.so']);
  assert.deepEqual(runpath, ['$ORIGIN/x', '/opt']);
});

test('a section is found by its name, a missing one is undefined', () => {
  const module = moduleElf(['depends=drm']);
  assert.equal(Buffer.from(readSection(module, '.modinfo') ?? []).toString(), 'depends=drm\0');
  assert.equal(readSection(module, '.nothing'), undefined);
});

test('what is no 64-bit little-endian ELF is refused in words', () => {
  assert.throws(() => readDynamic(Buffer.from('#!/bin/sh\n')), ElfError);
  const big = dynamicElf([]);
  big[5] = 2;
  assert.throws(() => readDynamic(big), ElfError);
});

test('property: damaged files give an answer or an ElfError, never anything else', () => {
  const good = [dynamicElf(['libc.so.6', 'libm.so.6'], '$ORIGIN'), moduleElf(['depends=a,b'])];
  const damage = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...good), damage, fc.nat(400), (original, changes, cut) => {
      const bytes = Buffer.from(original.subarray(0, original.length - (cut % original.length)));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      for (const read of [() => readDynamic(bytes), () => readSection(bytes, '.modinfo')]) {
        try {
          read();
        } catch (thrown) {
          assert.ok(thrown instanceof ElfError, String(thrown));
        }
      }
    }),
    { numRuns: 2000 },
  );
});
