import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measures, readOptions, usage } from './options.ts';

test('everything is measured unless some of it is named', () => {
  assert.deepEqual(readOptions([]).only, Object.keys(measures));
  assert.deepEqual(readOptions(['--only', 'pattern,small']).only, ['small', 'pattern']);
});

test('quick is one round unless rounds are asked for', () => {
  assert.equal(readOptions(['--quick']).rounds, 1);
  assert.equal(readOptions(['--quick', '--rounds', '2']).rounds, 2);
});

test('what is not understood is said, and nothing runs', () => {
  assert.throws(() => readOptions(['--only', 'speed']), /no measure "speed"/);
  assert.throws(() => readOptions(['--only', ',']), /no measure/);
  assert.throws(() => readOptions(['--rounds', '0']), /no number of rounds/);
  assert.throws(() => readOptions(['--round']), /round/);
});

test('the help names every measure', () => {
  for (const name of Object.keys(measures)) assert.match(usage, new RegExp(`^ {2}${name} `, 'm'));
});
