import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { own } from '../foundation/index.ts';
import { Cgroups } from './cgroup.ts';

/** A folder that looks like a cgroup2 mount whose kernel keeps what it is told. */
function hierarchy(on: string) {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-cgroup-'));
  writeFileSync(join(folder, 'cgroup.procs'), '');
  return {
    folder,
    source: {
      mountInfo: `30 23 0:26 / ${folder} rw shared:4 - cgroup2 cgroup2 rw\n`,
      own: '0::/\n',
      isRoot: true,
    },
    on,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

test('where there is no version 2, or it is closed, that is said', () => {
  const none = { mountInfo: '25 1 8:1 / / rw - ext4 /dev/a rw\n', own: '', isRoot: true };
  assert.equal(Cgroups.open('rayos', none), 'this machine has no cgroup v2');
  using here = hierarchy('');
  const foreign = { ...here.source, own: '0::/user.slice/no-such\n', isRoot: false };
  assert.match(String(Cgroups.open('rayos', foreign)), /delegated/);
});

test('limits are written in the form of the kernel, those that no controller holds are left out', () => {
  using here = hierarchy('');
  // The folder is no kernel: what was written last is what is on.
  const groups = Cgroups.open('rayos', here.source);
  assert.ok(groups instanceof Cgroups);
  assert.match(groups.missing ?? '', /cpu, memory/);
  const held = groups.make('g1', { memoryBytes: 1000, cpuPercent: 150, processes: 64 });
  assert.deepEqual([...held], []);
  const folder = join(here.folder, 'rayos', 'guest-g1');
  writeFileSync(join(folder, 'cgroup.procs'), '12\n77\n');
  const limits = { 'memory.max': '1000', 'cpu.max': 'max 100000', 'pids.max': '64' };
  for (const [file, value] of Object.entries(limits))
    writeFileSync(join(folder, file), `${value}\n`);
  assert.deepEqual([...groups.held('g1', 77)].sort(), ['memory', 'pids']);
  assert.deepEqual([...groups.held('g1', 7)], [], 'it is not in the group');
});

test('a process of this machine is put into a group, which is gone after it', async (t) => {
  const groups = Cgroups.open(`rayos-test-${process.pid}`);
  if (typeof groups === 'string') return t.diagnostic(groups);
  await using child = own(spawn('sleep', ['100']));
  const pid = child.process.pid ?? 0;
  const held = groups.make('g1', { memoryBytes: 2 ** 26, cpuPercent: 50, processes: 8 });
  for (const controller of held) assert.ok(groups.controllers.has(controller));
  assert.deepEqual([...groups.held('g1', pid)], [], 'it is not in the group yet');
  groups.place('g1', pid);
  assert.deepEqual([...groups.held('g1', pid)].sort(), [...held].sort());
  assert.match(
    readFileSync(`/proc/${pid}/cgroup`, 'utf8'),
    new RegExp(`^0::.*rayos-test-${process.pid}/guest-g1$`, 'm'),
  );
  groups.sweep();
  groups.place('g1', pid); // what is used is not swept
  await child.stop();
  await groups.remove('g1');
  assert.throws(() => groups.place('g1', process.pid), { code: 'ENOENT' });
  groups.dispose();
});
