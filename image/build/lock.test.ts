import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { driftOf, formatLock, idOf, type Lock, parseLock, parts } from './lock.ts';

const hash = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((b) => Buffer.from(b).toString('hex'));
const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,12}$/);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 5 });
const lock: fc.Arbitrary<Lock> = fc.record({
  date: fc.constant('2026-11-23'),
  wanted: fc.record({ image: names, initrd: names, recovery: names, tools: names }),
  packages: fc.uniqueArray(
    fc.record({
      name,
      version: fc.stringMatching(/^([0-9]:)?[0-9][0-9A-Za-z.+~-]{0,12}$/),
      architecture: fc.constantFrom('all', 'amd64', 'arm64'),
      sha256: hash,
      parts: fc.subarray([...parts], { minLength: 1 }),
    }),
    { selector: (p) => idOf(p), maxLength: 20 },
  ),
});
const sorted = (some: readonly string[]) => [...some].sort();

test('what is written is what is read', () => {
  fc.assert(
    fc.property(lock, (written) => {
      const read = parseLock(formatLock(written));
      for (const part of parts)
        assert.deepEqual(sorted(read.wanted[part]), sorted(written.wanted[part]));
      assert.deepEqual(
        new Map(read.packages.map((p) => [idOf(p), p])),
        new Map(written.packages.map((p) => [idOf(p), { ...p }])),
      );
      assert.equal(formatLock(read), formatLock(written), 'and has one form');
      assert.deepEqual(driftOf(written, read.packages), []);
    }),
  );
});

test('a lock file that was cut, doubled or edited is read as it is meant or not at all', () => {
  fc.assert(
    fc.property(lock, fc.nat(), fc.string(), (written, at, words) => {
      const text = formatLock(written);
      const cut = at % text.length;
      for (const broken of [
        text.slice(0, cut),
        `${text.slice(0, cut)}${words}${text.slice(cut)}`,
      ]) {
        try {
          for (const p of parseLock(broken).packages) assert.match(p.sha256, /^[0-9a-f]{64}$/);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'BUILD_FAILED', String(error));
        }
      }
    }),
  );
});

test('drift names each package that is another, new or gone, and no other', () => {
  const p = (name: string, version: string, letter: string) =>
    ({
      name,
      version,
      architecture: 'amd64',
      sha256: letter.repeat(64),
      parts: ['image'],
    }) as const;
  const wanted = { image: ['a'], initrd: [], recovery: [], tools: [] };
  const before: Lock = {
    date: '2026-11-23',
    wanted,
    packages: [p('a', '1', 'a'), p('b', '1', 'b'), p('c', '1', 'c')],
  };
  assert.deepEqual(driftOf(before, [p('a', '1', 'a'), p('b', '2', 'f'), p('d', '1', 'd')]), [
    { name: 'b:amd64', locked: '1', used: '2' },
    { name: 'c:amd64', locked: '1', used: undefined },
    { name: 'd:amd64', locked: undefined, used: '1' },
  ]);
});
