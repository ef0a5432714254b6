import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf } from './imports.mjs';
import { checkRooms } from './rooms-check.mjs';
import { roomTable } from './rooms-table.mjs';

const check = (...files: [string, string][]) =>
  checkRooms(
    files.map(([file, source]) => ({ file, imports: importsOf(file, source) })),
    roomTable,
  );

test('every form of import is seen, with its line', () => {
  const source = [
    "import type { A } from './a.ts';",
    "export * from './b.ts';",
    "export { c } from './c.ts';",
    "type D = import('./d.ts').D;",
    "const e = await import('./e.ts');",
    "import './f.ts';",
    "// import './not.ts'",
    'const text = "import \'./not.ts\'";',
  ].join('\n');
  const found = importsOf('x.ts', source).map(({ specifier, line }) => `${line} ${specifier}`);
  assert.deepEqual(found.sort(), [
    '1 ./a.ts',
    '2 ./b.ts',
    '3 ./c.ts',
    '4 ./d.ts',
    '5 ./e.ts',
    '6 ./f.ts',
  ]);
});

test('imports downwards through index.ts are in order', () => {
  assert.deepEqual(
    check(
      ['src/guests/a.ts', "import { commands } from '../contracts/index.ts'; import './b.ts';"],
      ['src/rayosd/main.ts', "import { guests } from '../guests/index.ts';"],
      ['src/shell/main.ts', "import { RayError } from '../contracts/errors.ts';"],
    ),
    [],
  );
});

/** A planted violation, and the words that have to be in the complaint. */
const violations: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'upwards',
    'src/foundation/x.ts',
    '../guests/index.ts',
    /foundation .* may not use guests .*: imports go downwards/,
  ],
  ['upwards, type only', 'src/hypervisor/x.ts', '../policy/index.ts', /imports go downwards/],
  [
    'sideways',
    'src/guests/x.ts',
    '../presentation/index.ts',
    /side by side and do not know each other/,
  ],
  [
    'past the index',
    'src/rayosd/x.ts',
    '../guests/registry.ts',
    /guests is entered through src\/guests\/index\.ts only/,
  ],
  ['deep into a room', 'src/guests/x.ts', '../hypervisor/qmp/client.ts', /entered through/],
  [
    'desktop to foundation',
    'desktop/src/x.ts',
    '../../src/foundation/index.ts',
    /desktop may use contracts only/,
  ],
  ['into no room', 'src/guests/x.ts', '../utils/index.ts', /in no room/],
  [
    'contracts to a package',
    'src/contracts/x.ts',
    'fastify',
    /contracts may use typebox and nothing else/,
  ],
  ['contracts to node', 'src/contracts/x.ts', 'node:fs', /nothing else/],
];

for (const [name, file, specifier, complaint] of violations) {
  test(`${name} is refused, and told with place and reason`, () => {
    const [told = '', ...others] = check([file, `\nimport type { X } from '${specifier}';`]);
    assert.match(told, complaint);
    assert.ok(told.startsWith(`${file}:2 imports ${specifier}: `));
    assert.deepEqual(others, []);
  });
}

test('a test may use a guest image; the code beside it may not', () => {
  const source = "import { findGuestImage } from '../../guest-images/index.ts';";
  assert.deepEqual(check(['src/presentation/x.vm.test.ts', source]), []);
  assert.equal(check(['src/presentation/x.ts', source]).length, 1);
});

test('a folder that the table does not know is told', () => {
  assert.match(check(['src/helpers/x.ts', ''])[0] ?? '', /is in no room/);
});

test('rooms in a circle are told once, with the places', () => {
  const told = check(
    ['src/presentation/a.ts', "import '../input/index.ts';"],
    ['src/input/b.ts', "import '../presentation/index.ts';"],
  ).filter((complaint) => complaint.startsWith('rooms in a circle'));
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /presentation → input → presentation/);
  assert.match(told[0] ?? '', /src\/presentation\/a\.ts:1, src\/input\/b\.ts:1/);
});
