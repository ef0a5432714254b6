import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import {
  asRayError,
  commandNames,
  commandOf,
  encodeSentence,
  errors,
  formatMarker,
  type MarkerName,
  markers,
  parseMarker,
  RayError,
} from './index.ts';

const names = Object.keys(markers) as MarkerName[];
const areas = [
  'BOOT_MARKER',
  'PRESENTATION',
  'GUEST',
  'INPUT',
  'POLICY',
  'INSTALLER',
  'BOOTMGR',
  'UPDATE',
  'LOG',
  'WATCHDOG',
  'RECOVERY',
  'INTENT',
  'REFLEX',
  'GATEWAY',
  'MESH',
];

test('every marker is of a declared area', () => {
  for (const name of names) assert.ok(areas.includes(name.split(':')[0] ?? ''), name);
});

test('a marker is one line whatever its arguments hold, and reads back as itself', () => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.string(), (name, value) => {
      const args = Object.fromEntries(markers[name].map((key) => [key, value]));
      const line = formatMarker(name, args as never);
      assert.doesNotMatch(line, /[\r\n]/);
      const read = parseMarker(line);
      assert.equal(read?.name, name);
      assert.equal(formatMarker(name, (read?.arguments ?? {}) as never), line);
    }),
  );
});

test('a sentence in a marker comes back in plain words, or the beginning of them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (sentence) => {
      const line = formatMarker('BOOT_MARKER:DECISION', { reason: encodeSentence(sentence) });
      const read = decodeURIComponent(parseMarker(line)?.arguments.reason ?? '');
      assert.ok(sentence.toWellFormed().startsWith(read) || read.endsWith('\uFFFD'), read);
      if (sentence.length <= 90) assert.equal(read, sentence.toWellFormed());
    }),
  );
});

test('lines that are no markers are not taken for one', () => {
  fc.assert(fc.property(fc.string(), (line) => void parseMarker(line)));
  for (const line of [
    '',
    'RAYOS_',
    'RAYOS_GUEST:NOPE:x',
    'RAYOS_GUEST:READY:x',
    'RAYOS_GUEST:READY:x:1:2',
    'RAYOS___proto__:x',
  ])
    assert.equal(parseMarker(line), undefined);
});

test('errors survive a crossing to another process, and unknown ones become INTERNAL', () => {
  const error = new RayError('GUEST_UNKNOWN', 'there is no guest "x"', { known: 'a, b' });
  const back = RayError.from(JSON.parse(JSON.stringify(error)));
  assert.deepEqual(
    [back.code, back.message, back.next],
    [error.code, error.message, 'Known guests: a, b.'],
  );
  assert.equal(RayError.from({ code: '__proto__' }).code, 'INTERNAL');
  assert.equal(RayError.from('nonsense').code, 'INTERNAL');
  assert.equal(asRayError(new DOMException('stop', 'AbortError')).code, 'CANCELLED');
});

test('every error says what to do next, in a sentence', () => {
  for (const [code, { next }] of Object.entries(errors))
    assert.match(next, /^[A-Z{`].*[.}a-z"]$/, code);
});

test('every command is whole: words, a summary, a sample that its schema takes, danger and exposure', () => {
  const seen = new Set<string>();
  for (const name of commandNames) {
    const {
      summary,
      cli,
      arguments: args,
      sample,
      positional,
      danger,
      exposure,
      redact,
    } = commandOf(name);
    assert.match(summary, /^[a-z].*[^.]$/, name);
    assert.ok(!seen.has(cli.join(' ')), `two commands are called ${cli.join(' ')}`);
    seen.add(cli.join(' '));
    const given = Object.fromEntries(
      Object.entries(sample).filter(([key]) => key in args.properties),
    );
    assert.ok(Compile(args).Check(given), `${name}: its sample does not fit its schema`);
    for (const key of [...positional, ...(redact ?? [])])
      assert.ok(key in args.properties || key === 'file', `${name}: ${key}`);
    if (danger === 'destructive') assert.notEqual(exposure, 'allow', name);
  }
});
