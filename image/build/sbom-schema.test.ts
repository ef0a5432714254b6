// The bill of materials against CycloneDX's own schema, as its makers publish it on npm.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { default as addFormats } from 'ajv-formats';
import { npmLicence } from './licences.ts';
import { billOfMaterials } from './sbom.ts';

const library = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');

function schema(file: string): object {
  const path = join(dirname(library), 'res/schema', file);
  return JSON.parse(readFileSync(path, 'utf8')) as object;
}

function validator() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  // Formats of internationalized names; ours are plain.
  for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
  // By the names that they are referred to with.
  for (const file of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(schema(file), `http://cyclonedx.org/schema/${file}`);
  return ajv.compile(schema('bom-1.6.SNAPSHOT.schema.json'));
}

const deb = { name: 'libc6', version: '2:2.41-1+b1', sha256: 'ab'.repeat(32) };

/** One of everything that a bill can have. */
const bill = billOfMaterials({
  version: '1.2.3',
  architecture: 'x86_64',
  rootHash: 'cd'.repeat(32),
  epoch: 1_754_697_600,
  packages: [{ ...deb, architecture: 'amd64', parts: ['image', 'initrd'] }],
  npm: [
    {
      name: '@some/thing',
      version: '1.0.0-rc.1',
      integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
      licences: npmLicence('(MIT OR Apache-2.0)'),
    },
    // Below the packages of two others.
    ...Array(2).fill({ name: 'other', version: '2.0.0', licences: npmLicence('SEE LICENSE') }),
  ],
  node: { version: '26.10.0', sha256: 'ef'.repeat(32) },
  guests: [
    {
      recipe: 'rescue-desktop',
      recipeKey: '0123456789abcdef',
      files: { 'initrd.img': { sizeBytes: 1, sha256: 'ab'.repeat(32) } },
      packages: [deb],
    },
  ],
  licencesOf: () => [
    ...(npmLicence('MIT') ?? []),
    { license: { name: 'GPL-2+ with a special exception' } },
  ],
});

test('a bill is as the schema of CycloneDX 1.6 wants it', () => {
  const validate = validator();
  validate(JSON.parse(JSON.stringify(bill)));
  assert.deepEqual(validate.errors, null);
});

test('the schema would tell', () => {
  const validate = validator();
  assert.equal(validate({ ...bill, components: [{ type: 'nothing known' }] }), false);
  assert.equal(validate({ ...bill, specVersion: 1.6 }), false);
});
