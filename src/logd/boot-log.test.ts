import assert from 'node:assert/strict';
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AppendCalls, BootEvent, BootRecord } from '../boot/index.ts';
import { BootLog } from './boot-log.ts';
import { BootFolder, stage } from './testing/boot.ts';

const record = (event: BootEvent): BootRecord => ({
  ...{ event, time: '2026-11-23T19:00:00.000Z', monotonicMs: 1, bootId: 'b' },
  ...{ version: '2', entry: 'rayos_2+2-1.efi', reason: '' },
});

test('a log that cannot be written: records in memory, told; the first that can be written brings them', () => {
  using dir = new BootFolder();
  let isFull = false;
  const fail = () => {
    if (isFull) throw new Error('no space left on device');
  };
  const calls: AppendCalls = {
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
  const volatileFile = join(dir.run, 'boot.records');
  const log = new BootLog({ file: dir.logFile, volatileFile, calls });
  assert.equal(log.append(record('KERNEL')).durable, true);
  isFull = true;
  const kept = log.append(record('SUBSYSTEMS'));
  assert.equal(kept.durable, false);
  assert.match(kept.why ?? '', /no space left/);
  log.append(record('SHELL'));
  const again = new BootLog({ file: dir.logFile, volatileFile, calls });
  assert.deepEqual(
    again.records().map(({ event }) => event),
    ['KERNEL', 'SUBSYSTEMS', 'SHELL'],
  );
  isFull = false;
  assert.equal(again.append(record('GOLDEN')).durable, true);
  assert.equal(existsSync(volatileFile), false);
  assert.deepEqual(
    dir
      .log()
      .records()
      .map(({ event }) => event),
    [...['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN']],
  );
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
