import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { licencesOfCopyright, npmLicence } from './licences.ts';
import { type BillOf, billOfMaterials } from './sbom.ts';

const hex = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((b) => Buffer.from(b).toString('hex'));
const name = fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,12}$/);
const version = fc.stringMatching(/^([0-9]:)?[0-9][0-9A-Za-z.+~-]{0,12}$/);
const deb = fc.record({
  name,
  version,
  architecture: fc.constantFrom('amd64', 'all'),
  sha256: hex,
  parts: fc.constant(['image'] as const),
});
const byName = { selector: (p: { name: string }) => p.name, maxLength: 8 };
const subject: fc.Arbitrary<BillOf> = fc.record({
  version: fc.constant('1.2.3'),
  architecture: fc.constant('x86_64'),
  rootHash: hex,
  epoch: fc.nat(),
  packages: fc.uniqueArray(deb, byName),
  npm: fc.uniqueArray(fc.record({ name, version }), byName),
  node: fc.record({ version, sha256: hex }),
  guests: fc.uniqueArray(
    fc.record({
      recipe: name,
      recipeKey: hex,
      files: fc.constant({ 'initrd.img': { sizeBytes: 1, sha256: 'ab'.repeat(32) } }),
      packages: fc.array(deb),
    }),
    { selector: (guest) => guest.recipe, maxLength: 2 },
  ),
  licencesOf: fc.constant((of: string) => (of.length > 3 ? npmLicence('MIT') : undefined)),
});

test('every package is in the bill once, named, with its hash and a licence or an open word that there is none', () => {
  fc.assert(
    fc.property(subject, (of) => {
      const bill = billOfMaterials(of);
      assert.deepEqual(JSON.parse(JSON.stringify(bill)), bill, 'nothing in it is lost as JSON');
      assert.match(bill.serialNumber, /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      const all = bill.components.flatMap((c) => [c, ...(c.components ?? [])]);
      const refs = all.map((c) => c['bom-ref']);
      assert.equal(new Set(refs).size, refs.length, 'each reference is used once');
      assert.equal(
        bill.components.length,
        1 + of.packages.length + of.npm.length + of.guests.length,
      );
      for (const c of all) {
        assert.ok(c.licenses.length > 0);
        if (c.purl !== undefined)
          assert.match(c.purl, /^pkg:(deb\/debian|npm|generic)\/[^@\s]+@[^\s?]+/);
        for (const { alg, content } of c.hashes ?? [])
          assert.match(content, alg === 'SHA-256' ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{128}$/);
      }
      for (const p of of.packages)
        assert.ok(all.some((c) => c.name === p.name && c.hashes?.[0]?.content === p.sha256));
    }),
  );
});

test('the same image has the same bill, another image another serial number', () => {
  const [of] = fc.sample(subject, 1);
  assert.ok(of);
  assert.equal(JSON.stringify(billOfMaterials(of)), JSON.stringify(billOfMaterials(of)));
  const other = billOfMaterials({ ...of, rootHash: 'ff'.repeat(32) });
  assert.notEqual(other.serialNumber, billOfMaterials(of).serialNumber);
});

test('licences are SPDX where Debian says the same, and Debian’s own words elsewhere', () => {
  const text = [
    'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
    '',
    'Files: *',
    'License: GPL-2+',
    '',
    'Files: a',
    'License: Expat',
    '',
    'Files: b',
    'License: GPL-2+ with a special exception',
    '',
    'License: GPL-2+',
    ' This program is free software',
  ].join('\n');
  assert.deepEqual(licencesOfCopyright(text), [
    { license: { name: 'GPL-2+ with a special exception' } },
    { license: { id: 'GPL-2.0-or-later' } },
    { license: { id: 'MIT' } },
  ]);
  assert.deepEqual(licencesOfCopyright('This package is under the GPL.\nLicense: GPL-2'), []);
  fc.assert(fc.property(fc.string(), (any) => Array.isArray(licencesOfCopyright(any))));
});

test('an npm licence is an identifier, an expression, or its own words', () => {
  assert.deepEqual(npmLicence('MIT'), [{ license: { id: 'MIT' } }]);
  assert.deepEqual(npmLicence('(MIT OR Apache-2.0)'), [{ expression: '(MIT OR Apache-2.0)' }]);
  assert.deepEqual(npmLicence('SEE LICENSE IN x.txt'), [
    { license: { name: 'SEE LICENSE IN x.txt' } },
  ]);
  assert.equal(npmLicence(undefined), undefined);
});
