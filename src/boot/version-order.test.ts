import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareVersions } from './version-order.ts';

const sign = (a: string, b: string) => ['<', '=', '>'][Math.sign(compareVersions(a, b)) + 1];

test('the examples of the specification', () => {
  // Without its two about "~", which its own third step and systemd contradict (see the next test).
  const examples = [
    ...['11 = 11', 'systemd-123 = systemd-123', 'bar-123 < foo-123', '123a > 123', '123.a > 123'],
    ...[
      '123.a < 123.b',
      '123a > 123.a',
      '11α = 11β',
      'A < a',
      ' < 0',
      '0. > 0',
      '0.0 > 0',
      '1_ = 1',
    ],
    ...['_1 = 1', '1_ < 1.2', '1_2_3 > 1.3.3', '1+ = 1', '+1 = 1', '1+ < 1.2', '1+2+3 > 1.3.3'],
  ];
  for (const example of examples) {
    const [a = '', expected, b = ''] = example.split(' ');
    assert.equal(sign(a, b), expected, example);
    assert.equal(sign(b, a), { '<': '>', '>': '<', '=': '=' }[expected ?? ''], example);
  }
});

test('what systemd answers', () => {
  // Each answer is that of `systemd-analyze compare-versions` (252).
  const answers = [
    ['123^45', '<', '123.45'],
    ['0', '>', '~'],
    ['123~', '<', '123'],
    ['123^', '>', '123'],
    ['123~rc1', '<', '123'],
    ['123~rc1', '<', '123~rc2'],
    ['123-1', '<', '123.1'],
    ['123..0', '<', '123.0'],
    ['12_3', '>', '12.3'],
    ['0.9', '<', '0.10'],
    ['0.1.0', '<', '0.1.1'],
    ['007', '=', '7'],
    ['1b', '<', '100'],
    ['x_b', '<', 'x_00'],
    ['x01a^0', '>', 'x01a^^B'],
    ['x_~0_B', '<', 'x_~0_0B'],
    ['18446744073709551617', '<', '18446744073709551618'],
  ] as const;
  for (const [a, expected, b] of answers) assert.equal(sign(a, b), expected, `${a} ${b}`);
});

const version = fc.string({
  unit: fc.constantFrom(...'012ABab.-~^_+é'.split('')),
  maxLength: 12,
});

test('it is an order: the same backwards, and through a third version', () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)), 0 - Math.sign(compareVersions(b, a)));
      assert.equal(compareVersions(a, a), 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
        assert.ok(compareVersions(a, c) <= 0);
    }),
    { numRuns: 3000 },
  );
});

test('any text has an answer', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) =>
      assert.ok(Number.isFinite(compareVersions(a, b))),
    ),
  );
});
