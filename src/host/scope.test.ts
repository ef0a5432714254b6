// What rayosd asks of the service that makes scopes, and that service's own refusals. That systemd makes them
// is seen in the booted image (trials/boot).

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** The service asked on a machine where `own` are rayosd's processes; its answer, and what systemd was asked. */
function askAmong(own: readonly number[], line: string, isMoved = true) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-scope-'));
  const asked = join(folder, 'asked');
  const program = (name: string, text: string) =>
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const files = own.map((pid) => `/proc/${pid}/cgroup`).join('|');
  program('cat', `case $1 in ${files}) echo 0::/system.slice/rayosd.service ;; *) exit 1 ;; esac`);
  program('busctl', `echo "$@" >${asked}`);
  program('grep', `exit ${isMoved ? 0 : 1}`);
  try {
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const { stdout } = spawnSync('/bin/sh', [script], {
      input: `${line}\n`,
      encoding: 'utf8',
      env,
    });
    return { answer: stdout.trim(), asked: readFileSync(asked, { encoding: 'utf8', flag: 'a+' }) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Above what the kernel gives: no process has them. */
const [qemu, passt] = [5_000_001, 5_000_002];

test('a process beside the first that has ended is passed over; the first must be there', () => {
  const line = `guest 0a1b2c3d 5 0 7 ${qemu} ${passt}`;
  const both = askAmong([qemu, passt], line);
  assert.equal(both.answer, 'ok');
  assert.match(both.asked, new RegExp(` PIDs au 2 ${qemu} ${passt} `));
  const alone = askAmong([qemu], line);
  assert.equal(alone.answer, 'ok');
  assert.match(alone.asked, new RegExp(` PIDs au 1 ${qemu} MemoryMax t 5 TasksMax t 7 Slice `));
  const without = askAmong([passt], line);
  assert.deepEqual(without, { answer: `process ${qemu} is not of rayosd`, asked: '' });
});

test('a first process that ends before it is seen in its scope is not waited for', () => {
  const { answer } = askAmong([qemu], `guest 0a1b2c3d 5 0 7 ${qemu}`, false);
  assert.equal(answer, `process ${qemu} has ended`);
});

test('only what carries a network reaches beyond the loopback, and only a guest opens /dev/kvm', () => {
  const properties = (line: string) => {
    const { asked } = askAmong([qemu, passt], line);
    const [, count = '', given = ''] = /\.scope fail (\d+) (.*) 0$/m.exec(asked) ?? [];
    const names = given.match(/\b[A-Z]\w+ (?=(s|t|as|au|a\(ss\)|a\(iayu\)) )/g) ?? [];
    assert.equal(Number(count), names.length, given);
    const denied = names.filter((name) => /^(IP|DeviceAllow)/.test(name));
    return denied.map((name) => name.trim());
  };
  assert.deepEqual(properties(`framer 0 5 0 7 ${qemu}`), ['IPAddressDeny']);
  assert.deepEqual(properties(`guest 0a 5 50 7 ${qemu}`), [
    'DeviceAllow',
    'IPAddressDeny',
    'IPAddressAllow',
  ]);
  assert.deepEqual(properties(`guest 0a 0 0 0 ${qemu} ${passt}`), ['DeviceAllow']);
});
