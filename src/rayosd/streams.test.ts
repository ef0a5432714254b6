import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MarkerRecord, RayError } from '../contracts/index.ts';
import { Emitter } from '../foundation/index.ts';
import { desktopEvents, markers } from './streams.ts';

const markerOf = (sequence: number): MarkerRecord => ({
  sequence,
  time: '',
  name: 'GUEST:CREATED',
  line: '',
  arguments: {},
});

function fakeRecorder(kept: MarkerRecord[] = []) {
  const marked = new Emitter<MarkerRecord>();
  return { marked, markersSince: (since = 0) => kept.filter((m) => m.sequence > since) };
}

test('markers that are kept come first, then those that happen, until the signal', async () => {
  const recorder = fakeRecorder([1, 2, 3].map(markerOf));
  const ending = new AbortController();
  const stream = markers(recorder, { since: 1, follow: true }, ending.signal);
  const seen = [(await stream.next()).value?.sequence];
  recorder.marked.emit(markerOf(4));
  seen.push((await stream.next()).value?.sequence, (await stream.next()).value?.sequence);
  assert.deepEqual(seen, [2, 3, 4]);
  const end = stream.next();
  ending.abort();
  assert.equal((await end).done, true);
  assert.equal(recorder.marked.size, 0);
});

test('a reader who does not keep up is told so, after what there was room for', async () => {
  const recorder = fakeRecorder([markerOf(0.5)]);
  const stream = markers(recorder, { follow: true }, new AbortController().signal);
  await stream.next();
  for (let i = 1; i <= 10_001; i++) recorder.marked.emit(markerOf(i));
  let last = 0;
  await assert.rejects(
    async () => {
      for await (const { sequence } of stream) last = sequence;
    },
    (thrown: unknown) => thrown instanceof RayError && thrown.code === 'TIMED_OUT',
  );
  assert.equal(last, 10_000);
  assert.equal(recorder.marked.size, 0);
});

test('the desktop hears the state at once, the newest one after changes, and markers', async () => {
  const changed = new Emitter<void>();
  const recorder = fakeRecorder();
  let reads = 0;
  const state = () => {
    reads++;
    return { type: 'state' as const, guests: [], surfaces: [] };
  };
  const ending = new AbortController();
  const events = desktopEvents({ changed, state }, recorder, ending.signal);
  assert.equal((await events.next()).value?.type, 'state');
  for (let i = 0; i < 50; i++) changed.emit();
  recorder.marked.emit(markerOf(7));
  assert.partialDeepStrictEqual((await events.next()).value, { marker: { sequence: 7 } });
  assert.equal((await events.next()).value?.type, 'state');
  assert.equal(reads, 2);
  const end = events.next();
  ending.abort();
  assert.equal((await end).done, true);
  assert.deepEqual([changed.size, recorder.marked.size], [0, 0]);
});
