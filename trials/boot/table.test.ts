import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Result, resultOf, tableOf } from './table.ts';

type Event = { type: string; data?: unknown };

async function* events(list: readonly Event[]): AsyncGenerator<Event> {
  yield* list;
}

const pass = { type: 'test:pass', data: { name: 'it boots', details: {} } };

test('a story has passed when something passed and nothing failed', async () => {
  assert.deepEqual(await resultOf(events([pass])), { result: 'passed', tests: 1, failures: [] });
  const error = new Error('test failed', { cause: new Error('no marker') });
  const fail = { type: 'test:fail', data: { name: 'it boots', details: { error } } };
  const { result, failures } = await resultOf(events([pass, fail]));
  assert.equal(result, 'failed');
  assert.match(failures[0]?.why ?? '', /no marker/);
});

test('a story in which nothing ran, or only what was skipped, has not passed', async () => {
  assert.equal((await resultOf(events([]))).result, 'failed');
  const skipped = { type: 'test:pass', data: { name: 'x', details: {}, skip: true } };
  assert.equal((await resultOf(events([skipped]))).result, 'failed');
});

test('the table has a row for each story, and the sum', () => {
  const story = (name: string, result: Result['result'], seconds: number): Result => ({
    name,
    result,
    seconds,
    tests: 1,
    failures: [],
  });
  assert.equal(
    tableOf([story('usb', 'passed', 61), story('power-cuts', 'failed', 9.6)]),
    'story          time  result\n' +
      'usb            1:01  passed\n' +
      'power-cuts     0:10  failed\n' +
      'all            1:11  1 failed, 1 passed\n',
  );
  assert.match(
    tableOf([story('usb', 'passed', 1), story('rest', 'not run', 0)]),
    /1 not run, 1 passed/,
  );
});
