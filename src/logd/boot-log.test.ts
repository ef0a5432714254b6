import assert from 'node:assert/strict';
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AppendCalls, BootEvent, BootRecord } from '../boot/index.ts';
import { parseMarker } from '../contracts/markers.ts';
import { BootLog } from './boot-log.ts';
import { BootFolder, stage } from './testing/boot.ts';

const record = (event: BootEvent): BootRecord => ({
  ...{ event, time: '2026-11-23T19:00:00.000Z', monotonicMs: 1, bootId: 'b' },
  ...{ version: '2', entry: 'rayos_2+2-1.efi', reason: '' },
});

/** The calls of an append, of which writing fails while `isFull` says so. */
function fillable(isFull: () => boolean): AppendCalls {
  const fail = () => {
    if (isFull()) throw new Error('no space left on device');
  };
  return {
    open: (path) => {
      fail();
      return openSync(path, existsSync(path) ? 'r+' : 'wx+');
    },
    truncate: ftruncateSync,
    write: (descriptor, bytes, position) => {
      fail();
      return writeSync(descriptor, bytes, 0, bytes.length, position);
    },
    fsync: fsyncSync,
    syncDirectory: (path) => {
      const descriptor = openSync(path, 'r');
      fsyncSync(descriptor);
      closeSync(descriptor);
    },
  };
}

const eventsOf = (log: BootLog) => log.records().map(({ event }) => event);

test('a log that cannot be written: records in memory, told; the first that can be written brings them', () => {
  using dir = new BootFolder();
  let isFull = false;
  const calls = fillable(() => isFull);
  const volatileFile = join(dir.run, 'boot.records');
  const log = new BootLog({ file: dir.logFile, volatileFile, calls });
  assert.equal(log.append(record('KERNEL')).durable, true);
  isFull = true;
  const kept = log.append(record('SUBSYSTEMS'));
  assert.equal(kept.durable, false);
  assert.match(kept.why ?? '', /no space left/);
  log.append(record('SHELL'));
  const again = new BootLog({ file: dir.logFile, volatileFile, calls });
  assert.deepEqual(eventsOf(again), ['KERNEL', 'SUBSYSTEMS', 'SHELL']);
  isFull = false;
  assert.equal(again.append(record('GOLDEN')).durable, true);
  assert.equal(existsSync(volatileFile), false);
  assert.deepEqual(eventsOf(dir.log()), ['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN']);
});

test('the disk is full again half way through what waited: no record is there twice', () => {
  using dir = new BootFolder();
  let room = 0;
  const calls = fillable(() => room <= 0);
  const counting: AppendCalls = {
    ...calls,
    fsync: (descriptor) => {
      fsyncSync(descriptor);
      room--;
    },
  };
  const volatileFile = join(dir.run, 'boot.records');
  const log = new BootLog({ file: dir.logFile, volatileFile, calls: counting });
  for (const event of ['KERNEL', 'SUBSYSTEMS'] as const) log.append(record(event));
  room = 1;
  assert.equal(log.append(record('SHELL')).durable, false);
  assert.deepEqual(eventsOf(log), ['KERNEL', 'SUBSYSTEMS', 'SHELL']);
  room = 9;
  assert.equal(log.append(record('GOLDEN')).durable, true);
  assert.deepEqual(eventsOf(dir.log()), ['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN']);
});

test('that records are in memory only is said in a sentence that can be read back', () => {
  using dir = new BootFolder('rayos_2+3.efi');
  let isFull = false;
  const log = new BootLog({
    file: dir.logFile,
    volatileFile: join(dir.run, 'boot.records'),
    calls: fillable(() => isFull),
  });
  const boot = dir.boot('2', dir.startEntry('rayos_2+3.efi'), undefined, log);
  boot.begin();
  isFull = true;
  boot.stage(stage('SHELL'));
  const line = dir.lines.find((one) => one.startsWith('RAYOS_LOG:UNRECORDED:')) ?? '';
  const reason = parseMarker(line)?.arguments.reason ?? '';
  assert.match(decodeURIComponent(reason), /no space left on device/);
});

test('a folder that is gone: stages are said, and that nothing is recorded is said once', () => {
  using dir = new BootFolder('rayos_2+3.efi');
  const loader = dir.startEntry('rayos_2+3.efi');
  const log = new BootLog({
    file: join(dir.path, 'none/boot.records'),
    volatileFile: join(dir.path, 'none-either/boot.records'),
  });
  const boot = dir.boot('2', loader, undefined, log);
  boot.begin();
  boot.stage(stage('SHELL'));
  boot.stage(stage('GOLDEN'));
  assert.deepEqual(dir.said(), ['KERNEL', 'DECISION', 'SHELL', 'GOLDEN', 'BLESSED']);
  assert.equal(boot.facts(false).log.durable, false);
});
