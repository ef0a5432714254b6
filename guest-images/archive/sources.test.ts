import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { findDebianArchive, parseDeb822, parseListFile } from './sources.ts';

const key = '/usr/share/keyrings/debian-archive-keyring.gpg';

test('the one-line form, with options, comments and source packages', () => {
  const entries = parseListFile(`
# deb http://old.invalid/debian bookworm main
deb [signed-by=${key} arch=amd64] http://mirror.invalid/debian bookworm main contrib # why
deb-src http://mirror.invalid/debian bookworm main
deb http://mirror.invalid/debian-security bookworm-security main`);
  assert.equal(entries.length, 3);
  assert.deepEqual(entries[0], {
    types: ['deb'],
    uris: ['http://mirror.invalid/debian'],
    suites: ['bookworm'],
    components: ['main', 'contrib'],
    signedBy: key,
  });
  assert.deepEqual(findDebianArchive(entries), {
    main: 'http://mirror.invalid/debian',
    security: 'http://mirror.invalid/debian-security',
  });
});

test('the deb822 form, with comments in a stanza, folded fields and stanzas turned off', () => {
  const entries = parseDeb822(`Types: deb
# a comment
URIs: mirror+file:/etc/apt/mirrors/debian.list
Suites: trixie
 trixie-updates
Components: main
Signed-By: ${key}

Enabled: no
Types: deb
URIs: http://off.invalid/debian
Suites: trixie
Components: main`);
  assert.equal(entries.length, 1);
  assert.deepEqual(entries[0]?.suites, ['trixie', 'trixie-updates']);
  assert.deepEqual(findDebianArchive(entries), {
    main: 'mirror+file:/etc/apt/mirrors/debian.list',
    security: undefined,
  });
});

test('third parties that use a codename of Debian are not taken for Debian', () => {
  const entries = parseListFile(`
deb [signed-by=/etc/apt/keyrings/other.gpg] http://other.invalid/linux/debian bookworm main
deb http://other.invalid/apt cloud-sdk-bookworm main
deb http://docker.invalid/linux/debian bookworm stable
deb http://mirror.invalid/debian bookworm main`);
  assert.equal(findDebianArchive(entries)?.main, 'http://mirror.invalid/debian');
  assert.equal(findDebianArchive(entries.slice(1, 3)), undefined);
});

test('an archive on a disc or in a folder cannot give another release', () => {
  const text = 'deb cdrom:[Debian]/ bookworm main\ndeb file:/srv/debian bookworm main';
  assert.equal(findDebianArchive(parseListFile(text)), undefined);
});

test('property: any text is read without an error, and entries are whole', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('', ' ', 'Types: deb', 'URIs: a b', 'Suites: trixie', ' x', '#', 'deb [a=b'),
  );
  fc.assert(
    fc.property(fc.array(line), (all) => {
      const text = all.join('\n');
      for (const entry of [...parseListFile(text), ...parseDeb822(text)]) {
        assert.ok(entry.types.length > 0 && entry.uris.length > 0 && entry.suites.length > 0);
        assert.ok(![...entry.uris, ...entry.suites].some((word) => /\s/.test(word) || word === ''));
      }
      findDebianArchive(parseListFile(text));
    }),
  );
});

test('property: both forms of the same entry are read alike', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9./:-]{0,20}$/);
  fc.assert(
    fc.property(word, word, fc.array(word, { minLength: 1 }), (uri, suite, components) => {
      const line = parseListFile(`deb ${uri} ${suite} ${components.join(' ')}`);
      const stanza = parseDeb822(
        `Types: deb\nURIs: ${uri}\nSuites: ${suite}\nComponents: ${components.join(' ')}\n`,
      );
      assert.deepEqual(line, stanza);
    }),
  );
});
