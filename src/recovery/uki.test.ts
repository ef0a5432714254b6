import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseUki } from './uki.ts';

const hash = 'a1'.repeat(32);

type Section = { readonly name: string; readonly bytes: Buffer };

/** A PE file with these sections, as ukify lays them out. */
function pe(sections: readonly Section[]): Buffer {
  const optional = 16;
  const header = Buffer.alloc(64 + 24 + optional + sections.length * 40);
  header.write('MZ', 0);
  header.writeUInt32LE(64, 0x3c);
  header.write('PE\0\0', 64);
  header.writeUInt16LE(sections.length, 64 + 6);
  header.writeUInt16LE(optional, 64 + 20);
  let at = header.length;
  for (const [i, { name, bytes }] of sections.entries()) {
    const row = 64 + 24 + optional + i * 40;
    header.write(name, row);
    header.writeUInt32LE(bytes.length, row + 8);
    header.writeUInt32LE(bytes.length, row + 16);
    header.writeUInt32LE(at, row + 20);
    at += bytes.length;
  }
  return Buffer.concat([header, ...sections.map(({ bytes }) => bytes)]);
}

const parse = (file: Buffer) =>
  parseUki(file.length, (at, length) => Buffer.from(file.subarray(at, at + length)));

const whole = pe([
  { name: '.osrel', bytes: Buffer.from('ID=rayos\nIMAGE_VERSION="0.1.0"\n') },
  { name: '.cmdline', bytes: Buffer.from(`console=tty0 roothash=${hash} panic=10\0`) },
  { name: '.linux', bytes: Buffer.alloc(512) },
  { name: '.cmdline', bytes: Buffer.from('rayos.safe-mode') },
]);

test('a UKI says which version it starts and which root hash it insists on', () => {
  assert.deepEqual(parse(whole), { version: '0.1.0', rootHash: hash });
});

test('a UKI that was cut anywhere is none', () => {
  // The last section is the profile's command line; without its last byte it does not lie in the file.
  fc.assert(
    fc.property(fc.nat(whole.length - 1), (length) => {
      assert.equal(parse(whole.subarray(0, length)), undefined);
    }),
  );
});

test('no bytes make reading a UKI fail or take long', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4096 }), (bytes) => {
      parse(Buffer.from(bytes));
    }),
  );
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
      const damaged = Buffer.from(whole);
      damaged[at] = value;
      parse(damaged);
    }),
  );
});
