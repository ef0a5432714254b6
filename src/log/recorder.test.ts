import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Recorder } from './index.ts';

test('records are whole JSON lines in order; the files stay within their bounds and closed to others', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-log-'));
  const file = join(dir, 'rayos.jsonl');
  {
    using recorder = new Recorder({ file, maxBytes: 4096, keep: 3 });
    for (let i = 0; i < 500; i++) recorder.record('info', 'test', 'filled', { i });
    assert.equal(recorder.lost, 0);
  }
  const files = readdirSync(dir).sort();
  assert.deepEqual(files, ['rayos.jsonl', 'rayos.jsonl.1', 'rayos.jsonl.2', 'rayos.jsonl.3']);
  for (const name of files) {
    assert.ok(statSync(join(dir, name)).size <= 4096);
    assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600);
  }
  const sequence = files
    .toReversed()
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').trim().split('\n'))
    .map((line) => (JSON.parse(line) as { sequence: number }).sequence);
  assert.deepEqual(
    sequence,
    Array.from({ length: sequence.length }, (_, i) => 500 - sequence.length + 1 + i),
  );
  rmSync(dir, { recursive: true });
});

test('markers reach listeners, the log, and those who come later', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-log-'));
  using recorder = new Recorder({ file: join(dir, 'rayos.jsonl'), markersKept: 2 });
  const heard: string[] = [];
  recorder.marked.on((marker) => heard.push(marker.line));
  recorder.mark('GUEST:CREATED', { guest: 'a' });
  recorder.mark('GUEST:READY', { guest: 'a', milliseconds: 12 });
  recorder.mark('GUEST:STOPPED', { guest: 'a' });
  assert.deepEqual(heard, [
    'RAYOS_GUEST:CREATED:a',
    'RAYOS_GUEST:READY:a:12',
    'RAYOS_GUEST:STOPPED:a',
  ]);
  assert.deepEqual(
    recorder.markersSince(0).map((marker) => marker.sequence),
    [2, 3],
  );
  assert.deepEqual(
    recorder.markersSince(2).map((marker) => marker.sequence),
    [3],
  );
  assert.match(readFileSync(join(dir, 'rayos.jsonl'), 'utf8'), /RAYOS_GUEST:READY:a:12/);
  rmSync(dir, { recursive: true });
});

test('after a rotation that failed the log goes on, and says how many records it has lost', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rayos-log-'));
  const file = join(dir, 'rayos.jsonl');
  const obstacle = join(`${file}.1`, 'in the way');
  using recorder = new Recorder({ file, maxBytes: 500, keep: 1 });
  mkdirSync(obstacle, { recursive: true });
  for (let i = 0; i < 8; i++) recorder.record('info', 'test', `e${i}`);
  const { lost } = recorder;
  assert.ok(lost > 0);
  rmSync(`${file}.1`, { recursive: true });
  recorder.record('info', 'test', 'again');
  assert.equal(recorder.lost, 0);
  const read = (name: string) =>
    readFileSync(name, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { sequence: number; event: string; fields: object });
  assert.partialDeepStrictEqual(read(file), [
    { sequence: 9, event: 'lost', fields: { records: lost } },
    { sequence: 10, event: 'again' },
  ]);
  assert.equal(read(`${file}.1`).length, 8 - lost);
  rmSync(dir, { recursive: true });
});
