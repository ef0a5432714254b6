import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  afterStart,
  type BootEntry,
  entryName,
  isSetAside,
  parseEntryName,
  setAsideName,
} from './entry-name.ts';
import { compareEntries, inBootOrder } from './entry-order.ts';

const version = fc
  .stringMatching(/^[0-9a-z][0-9a-z.~^-]{0,10}$/)
  .filter((text) => /^[0-9a-z][0-9a-z.~^-]{0,10}$/.test(text));
const entry: fc.Arbitrary<BootEntry> = fc.oneof(
  version.map((version): BootEntry => ({ kind: 'recovery', version })),
  version.map((version): BootEntry => ({ kind: 'system', version })),
  version.map(
    (version): BootEntry => ({
      kind: 'system',
      version,
      tries: { left: 3, done: 0, isZeroWritten: true },
    }),
  ),
  fc.tuple(version, fc.nat(4), fc.nat(4)).map(
    ([version, left, done]): BootEntry => ({
      kind: 'system',
      version,
      tries: { left, done },
    }),
  ),
);

test('names as systemd-boot counts them', () => {
  const counted = (left: number, done: number) => ({
    kind: 'system',
    version: '0.2.0',
    tries: { left, done },
  });
  assert.deepEqual(parseEntryName('rayos_0.2.0+3.efi'), counted(3, 0));
  assert.deepEqual(parseEntryName('rayos_0.2.0+2-1.efi'), counted(2, 1));
  assert.deepEqual(parseEntryName('rayos_0.2.0+0-3.efi'), counted(0, 3));
  assert.deepEqual(parseEntryName('rayos_0.2.0.efi'), { kind: 'system', version: '0.2.0' });
  assert.deepEqual(parseEntryName('rayos-recovery_1.efi'), { kind: 'recovery', version: '1' });
  let tries = { left: 3, done: 0 };
  const names = ['+2-1', '+1-2', '+0-3', '+0-4'].map((_) => {
    tries = afterStart(tries);
    return entryName({ kind: 'system', version: '1', tries });
  });
  assert.deepEqual(names, [
    'rayos_1+2-1.efi',
    'rayos_1+1-2.efi',
    'rayos_1+0-3.efi',
    'rayos_1+0-4.efi',
  ]);
});

test('a zero that is written is kept in the name, since systemd-boot starts that file', () => {
  const read = parseEntryName('rayos_1+3-0.efi');
  assert.ok(read?.tries);
  assert.equal(entryName(read), 'rayos_1+3-0.efi');
  assert.deepEqual(afterStart(read.tries), { left: 2, done: 1 });
});

test('what RayOS has set aside is no entry, and is known again', () => {
  assert.ok(isSetAside(setAsideName('rayos_1+2-1.efi', 12)));
  assert.equal(parseEntryName(setAsideName('rayos_1+2-1.efi', 1)), undefined);
  for (const name of ['rayos_1.efi', 'a.set-aside-1', 'rayos_1.efi.set-aside-', '.set-aside-1'])
    assert.ok(!isSetAside(name), name);
});

test('what RayOS would not have written is no entry', () => {
  for (const name of [
    ...['', '.efi', 'rayos.efi', 'rayos_.efi', 'rayos_1', 'rayos_1.EFI', 'Rayos_1.efi'],
    ...['rayos_1+.efi', 'rayos_1+-1.efi', 'rayos_1+3-.efi', 'rayos_1+3-1-1.efi', 'rayos_1+03.efi'],
    ...['rayos_1+3+3.efi', 'rayos_1+x.efi', 'rayos_1+1234567.efi', 'rayos_ 1.efi', 'rayos_1_2.efi'],
    ...['../rayos_1.efi', 'rayos_../x.efi', 'rayos_a/b.efi', 'rayos_1.efi\n', '\nrayos_1.efi'],
    ...['rayos-recovery_1+3.efi', 'rayos_1\0.efi', `rayos_${'1'.repeat(65)}.efi`],
  ])
    assert.equal(parseEntryName(name), undefined, JSON.stringify(name));
});

test('an entry and its name are each other; any text ends', () => {
  fc.assert(fc.property(entry, (one) => assert.deepEqual(parseEntryName(entryName(one)), one)));
  const nearly = fc.string({
    unit: fc.constantFrom(...'rayos_-+.efi0123'.split(''), 'rayos_', '.efi', '\n', '/'),
    maxLength: 40,
  });
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string()), (text) => {
      const read = parseEntryName(text);
      if (read === undefined) return;
      const again = parseEntryName(entryName(read));
      assert.deepEqual(again, read);
      assert.doesNotMatch(text, /[/\0\n]/);
    }),
    { numRuns: 5000 },
  );
});

test('the order of systemd-boot', () => {
  const order = (...names: string[]) =>
    inBootOrder(
      names.map((name) => {
        const read = parseEntryName(name);
        assert.ok(read, name);
        return read;
      }),
    ).map(entryName);
  assert.deepEqual(
    order(
      'rayos_3+0-3.efi',
      'rayos-recovery_9.efi',
      'rayos_1+3.efi',
      'rayos_2+1-2.efi',
      'rayos_10.efi',
      'rayos_2+2-1.efi',
      'rayos_4+0-3.efi',
    ),
    [
      'rayos_10.efi',
      'rayos_2+2-1.efi',
      'rayos_2+1-2.efi',
      'rayos_1+3.efi',
      'rayos-recovery_9.efi',
      'rayos_4+0-3.efi',
      'rayos_3+0-3.efi',
    ],
  );
});

test('it is a total order, whatever order the directory is read in', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      assert.deepEqual(inBootOrder([...entries].reverse()), inBootOrder(entries));
    }),
  );
  fc.assert(
    fc.property(entry, entry, entry, (a, b, c) => {
      if (compareEntries(a, b) <= 0 && compareEntries(b, c) <= 0)
        assert.ok(compareEntries(a, c) <= 0);
    }),
  );
});
