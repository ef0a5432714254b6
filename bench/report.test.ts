import assert from 'node:assert/strict';
import { test } from 'node:test';
import { against, alone, counts, table } from './report.ts';

const limits = { bound: 'at least', must: 2, aim: 4 } as const;
const both = (rayos: number[], novnc: number[]) =>
  new Map([
    ['RayOS', rayos],
    ['noVNC', novnc],
  ]);

test('must and aim are judged by the ratio', () => {
  const row = against('flat', both([30, 30, 30], [10, 10, 10]), limits);
  assert.deepEqual([row.mustVerdict, row.aimVerdict], ['met', 'MISSED']);
});

test('a side that showed nothing leaves the row without a verdict, and without a figure', () => {
  const row = against('flat', both([30, 30, 30], []), limits, [
    'noVNC: 15 windows without a paint',
  ]);
  assert.equal(row.mustVerdict, 'not judged');
  const printed = table([row]);
  assert.match(printed, /–.*not judged/);
  assert.match(printed, /flat: noVNC: 15 windows/);
  assert.doesNotMatch(printed, /NaN|Infinity/);
});

test('a measure of RayOS alone is judged by itself', () => {
  const row = alone('delay', [3, 4, 5], { bound: 'at most', must: 20 });
  assert.equal(row.mustVerdict, 'met');
  assert.equal(row.aimVerdict, undefined);
});

test('only what happened is noted', () => {
  assert.deepEqual(
    counts(
      new Map([
        ['RayOS', 0],
        ['noVNC', 2],
      ]),
      'keys lost',
    ),
    ['noVNC: 2 keys lost'],
  );
});
