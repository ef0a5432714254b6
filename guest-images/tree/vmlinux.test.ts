import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { dynamicElf } from '../testing/elf-writer.ts';
import { BzImageError, extractVmlinux } from './vmlinux.ts';

/** A bzImage with two sectors of setup code and this payload. */
function bzImage(payload: Buffer): Buffer {
  const start = 3 * 512;
  const image = Buffer.alloc(start + 16);
  image.writeUInt8(2, 0x1f1);
  image.writeUInt32LE(0x5372_6448, 0x202);
  image.writeUInt16LE(0x020f, 0x206);
  image.writeUInt32LE(16, 0x248);
  image.writeUInt32LE(payload.length, 0x24c);
  return Buffer.concat([image, payload, Buffer.alloc(64)]);
}

const vmlinux = dynamicElf(['nothing.so']);
const size = Buffer.alloc(4);
size.writeUInt32LE(vmlinux.length);
const good = bzImage(Buffer.concat([zstdCompressSync(vmlinux), size]));

test('the kernel comes out as it went in', () => {
  assert.ok(extractVmlinux(good).equals(vmlinux));
});

test('another compression, another file, a cut file: refused in words', () => {
  assert.throws(
    () => extractVmlinux(bzImage(Buffer.from('7zXZ-and-more'))),
    /not compressed with zstd/,
  );
  assert.throws(() => extractVmlinux(Buffer.alloc(4096)), /no boot header/);
  assert.throws(() => extractVmlinux(good.subarray(0, 1600)), /outside the file/);
  assert.throws(() => extractVmlinux(good.subarray(0, 100)), BzImageError);
});

test('property: damaged images give a kernel or a BzImageError', () => {
  const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(damage, fc.nat(good.length), (changes, length) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      try {
        extractVmlinux(bytes.subarray(0, length));
      } catch (thrown) {
        assert.ok(thrown instanceof BzImageError, String(thrown));
      }
    }),
  );
});
