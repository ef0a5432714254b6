import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tellAll } from './queue.ts';
import type { Story } from './stories.ts';
import type { Result } from './table.ts';

const stories = ['one', 'two', 'three', 'four'].map(
  (name): Story => ({ name, file: '', says: '', isInTests: false }),
);
const resultOf = ({ name }: Story, result: Result['result']): Result => ({
  ...{ name, result, seconds: 1, tests: 1, failures: [] },
});
const summary = (results: readonly Result[]) =>
  results.map(({ name, result }) => `${name}: ${result}`);

test('results are in the order of the stories, whichever ends first', async () => {
  const first = Promise.withResolvers<void>();
  const never = new AbortController().signal;
  const tell = async (story: Story) => {
    if (story.name === 'one') await first.promise;
    if (story.name === 'four') first.resolve();
    return resultOf(story, 'passed');
  };
  const results = await tellAll(stories, 2, tell, never);
  assert.deepEqual(
    summary(results),
    stories.map(({ name }) => `${name}: passed`),
  );
});

test('after the signal no other story begins, and those are said to be not run', async () => {
  const stop = new AbortController();
  const tell = async (story: Story, signal: AbortSignal) => {
    if (story.name === 'two') stop.abort();
    return resultOf(story, signal.aborted ? 'failed' : 'passed');
  };
  const results = await tellAll(stories, 1, tell, stop.signal);
  assert.deepEqual(summary(results), [
    'one: passed',
    'two: failed',
    'three: not run',
    'four: not run',
  ]);
});
