import assert from 'node:assert/strict';
import { test } from 'node:test';
import { one, readStat, residentMiB, stopwatch, tree } from './processes.ts';

test("a program's name may hold brackets and blanks", () => {
  const line = `42 (a) b (c) S 7 ${'1 '.repeat(9)}30 12 0 0`;
  const found = readStat(line);
  assert.deepEqual([found?.pid, found?.parent], [42, 7]);
  assert.ok(found && found.cpuMs > 0);
  assert.equal(readStat(''), undefined);
});

test('a tree is a process with its children and theirs, and nothing beside it', () => {
  const of = (pid: number, parent: number) => ({ pid, parent, cpuMs: 0 });
  const found = tree(2, [of(1, 0), of(2, 1), of(3, 1), of(5, 4), of(4, 2)]);
  assert.deepEqual(
    found.map(({ pid }) => pid),
    [2, 4, 5],
  );
});

test('work is seen as processor time', () => {
  const took = stopwatch(one(process.pid));
  const until = process.cpuUsage().user + 100_000;
  while (process.cpuUsage().user < until);
  assert.ok(took() >= 50);
  assert.ok(residentMiB(process.pid) > 10);
});

test('a process that comes later counts in full, one that has gone does not count', () => {
  const readings = [
    [{ pid: 1, parent: 0, cpuMs: 100 }],
    [
      { pid: 1, parent: 0, cpuMs: 130 },
      { pid: 2, parent: 1, cpuMs: 5 },
    ],
  ];
  const took = stopwatch(() => readings.shift() ?? []);
  assert.equal(took(), 35);
});
