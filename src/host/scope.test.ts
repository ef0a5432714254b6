// What rayosd asks of the service that makes scopes, and that service's own refusals. That systemd makes them
// is seen in the booted image (trials/boot).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Scopes } from './scope.ts';

const script = join(import.meta.dirname, '../../image/tree/usr/lib/rayos/scope');

async function service(answer: string) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-scope-'));
  const path = join(folder, 'socket');
  const asked: string[] = [];
  const server = createServer((socket) =>
    socket.once('data', (line) => {
      asked.push(String(line));
      socket.end(answer);
    }),
  );
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    asked,
    [Symbol.dispose]: () => {
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

test('where nobody makes scopes there are none', () => {
  assert.equal(Scopes.open('guest', '/nowhere/at/all'), undefined);
});

test('a guest is asked for by the first part of its id, its limits and its processes', async () => {
  using there = await service('ok\n');
  const limits = { memoryBytes: 5, processes: 7 };
  await Scopes.open('guest', there.path)?.hold('0a1b2c3d-9', [12, 13], limits);
  assert.deepEqual(there.asked, ['guest 0a1b2c3d 5 0 7 12 13\n']);
});

test('a refusal is told in its own words; a process in no scope is held by nothing', async () => {
  using there = await service('process 1 is not of rayosd\n');
  const scopes = Scopes.open('framer', there.path);
  await assert.rejects(async () => scopes?.hold('x', [1], {}), /process 1 is not of rayosd/);
  assert.deepEqual(scopes?.held('x', process.pid), new Set());
});

const ask = (line: string) => spawnSync('/bin/sh', [script], { input: line, encoding: 'utf8' });

test('the service refuses what is not in the form, and processes that are not of rayosd', () => {
  const refused = [
    'guest 0a1b2c3d 5 0 7',
    'guest 0A1B2C3D 5 0 7 1',
    'guest 0a1b2c3d 5 0 7 -1',
    'guest 0a1b2c3d 5 0 7 1;reboot',
    'guest 0a1b2c3d x 0 7 1',
    'guest 0a1b2c3d 5 0 7 *',
    'host 0a1b2c3d 5 0 7 1',
    'guest ../../../x 5 0 7 1',
    '',
  ];
  for (const line of refused) assert.match(ask(`${line}\n`).stdout, /^not understood$/m, line);
  const own = ask(`guest 0a1b2c3d 5 0 7 ${process.pid}\n`);
  assert.match(own.stdout, /^process \d+ is not of rayosd$/m);
});

test('nothing that is said to the service gets beyond its refusals, or is run', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('guest', 'framer', '0a1b2c3d', '1', '$(id)', '`id`', '-h', '*', "'", '\\'),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 9 }), (words) => {
      const { stdout } = ask(`${words.join(' ').replaceAll('\0', '')}\n`);
      return /^(not understood|process \d+ is not of rayosd)\n$/.test(stdout);
    }),
    { numRuns: 60 },
  );
});
