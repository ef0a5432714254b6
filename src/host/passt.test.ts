// What of passt is RayOS's own: that it opens nothing before it is told to. A program that writes down its
// arguments is in its place.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { passtArguments, startPasst } from './passt.ts';

const forwards = [{ host: 8080, guest: 80 }];

function passtThatTells() {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-passt-'));
  const file = join(folder, 'passt');
  const log = join(folder, 'log');
  writeFileSync(file, '#!/bin/sh\necho "$@"\nreadlink /proc/$$/fd/0\n', { mode: 0o755 });
  const logFd = openSync(log, 'w');
  const started = startPasst(file, { fd: logFd, forwards, logFd });
  started.child.ref();
  return {
    started,
    ended: once(started.child, 'exit'),
    said: () => readFileSync(log, 'utf8'),
    [Symbol.dispose]() {
      closeSync(logFd);
      rmSync(folder, { recursive: true });
    },
  };
}

test('passt begins when it is told to, with its arguments and nothing to read', async () => {
  using passt = passtThatTells();
  passt.started.begin();
  assert.deepEqual(await passt.ended, [0, null]);
  assert.equal(passt.said(), `${passtArguments(forwards).join(' ')}\n/dev/null\n`);
});

test('passt that is not told to begin ends with who started it, in peace, and has done nothing', async () => {
  using passt = passtThatTells();
  passt.started[Symbol.dispose]();
  assert.deepEqual(await passt.ended, [0, null]);
  assert.equal(passt.said(), '');
});

test('one that has ended before it could begin is no fault', async () => {
  using passt = passtThatTells();
  passt.started.child.kill('SIGKILL');
  await passt.ended;
  passt.started.begin();
  passt.started[Symbol.dispose]();
});
