import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeEfiStrings, readLoaderFacts } from './efivars.ts';
import { isSafeMode } from './kernel.ts';
import { imageVersion, parseOsRelease } from './os-release.ts';

const vendor = '4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

function variable(...texts: readonly string[]): Buffer {
  const value = texts.map((text) => `${text}\0`).join('');
  return Buffer.concat([Buffer.from([6, 0, 0, 0]), Buffer.from(value, 'utf16le')]);
}

function folderOf(files: Readonly<Record<string, Buffer | string>>): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'rayos-host-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

test('what the boot loader leaves is read back; what is not there is left out', () => {
  using dir = folderOf({
    [`LoaderEntrySelected-${vendor}`]: variable('rayos_0.1.0.efi@1'),
    [`LoaderBootCountPath-${vendor}`]: variable('\\EFI\\Linux\\rayos_0.1.0+2-1.efi'),
    [`LoaderEntries-${vendor}`]: variable('rayos_0.1.0.efi', 'auto-reboot-to-firmware-setup'),
    [`LoaderEntryOneShot-${vendor}`]: Buffer.from('cut'),
  });
  assert.deepEqual(readLoaderFacts(dir.path), {
    selected: 'rayos_0.1.0.efi@1',
    countPath: '\\EFI\\Linux\\rayos_0.1.0+2-1.efi',
    entries: ['rayos_0.1.0.efi', 'auto-reboot-to-firmware-setup'],
  });
  assert.deepEqual(readLoaderFacts(join(dir.path, 'none')), {});
});

test('any strings come back as they were; any bytes give strings or nothing', () => {
  const text = fc.string({ unit: 'binary' }).map((one) => one.replace(/\p{Cc}/gu, ''));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), (texts) => {
      assert.deepEqual(decodeEfiStrings(variable(...texts)), texts);
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      for (const one of decodeEfiStrings(bytes) ?? []) {
        assert.ok(one.isWellFormed());
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may come through
        assert.doesNotMatch(one, /[\x00-\x1f]/);
      }
    }),
  );
  assert.equal(decodeEfiStrings(new Uint8Array(64 * 1024 + 2)), undefined, 'too long');
  assert.equal(decodeEfiStrings(undefined), undefined);
});

test('os-release: quotes, comments, what is no assignment; any text gives no throw', () => {
  using dir = folderOf({
    'os-release': '# RayOS\nIMAGE_ID=rayos\nIMAGE_VERSION="0.1.0~rc1"\nNAME=\'Ray OS\'\nnonsense\n',
    plain: 'ID=debian\n',
  });
  assert.equal(imageVersion(join(dir.path, 'os-release')), '0.1.0~rc1');
  assert.equal(imageVersion(join(dir.path, 'plain')), undefined);
  assert.equal(imageVersion(join(dir.path, 'none')), undefined);
  assert.equal(parseOsRelease('A="a \\"b\\" \\$c"').get('A'), 'a "b" $c');
  fc.assert(fc.property(fc.string(), (text) => void parseOsRelease(text)));
});

test('safe mode is a word of the kernel command line', () => {
  using dir = folderOf({ cmdline: 'root=/dev/dm-0 quiet  rayos.safe-mode\n' });
  assert.ok(isSafeMode(join(dir.path, 'cmdline')));
  assert.ok(!isSafeMode(join(dir.path, 'none')));
});
