import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const program = join(import.meta.dirname, 'initrd/usr/lib/rayos/mount-records');

/** What the initrd does where fsck ends with these statuses: its commands, without the paths of the test. */
function commandsWith(statuses: { readonly p: number; readonly y: number }): string[] {
  const root = mkdtempSync(join(tmpdir(), 'rayos-records-'));
  try {
    for (const path of ['bin', 'dev/disk/rayos']) mkdirSync(join(root, path), { recursive: true });
    for (const label of ['rayos-log', 'esp'])
      writeFileSync(join(root, 'dev/disk/rayos', label), '');
    const tool = (name: string, end: string) => {
      const file = join(root, 'bin', name);
      writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>'${root}/ran'\n${end}\n`);
      chmodSync(file, 0o755);
    };
    tool('fsck.ext4', `case "$1" in -p) exit ${statuses.p} ;; *) exit ${statuses.y} ;; esac`);
    tool('mount', 'exit 0');
    spawnSync('sh', [program, root], {
      env: { PATH: `${join(root, 'bin')}:${process.env.PATH}` },
    });
    const ran = readFileSync(join(root, 'ran'), 'utf8').replaceAll(root, '');
    return ran.trim().split('\n');
  } finally {
    rmSync(root, { recursive: true });
  }
}

const check = (how: string) => `fsck.ext4 ${how} /dev/disk/rayos/rayos-log`;
const log =
  'mount -t ext4 -o noatime,nosuid,nodev,noexec /dev/disk/rayos/rayos-log /sysroot/var/log/rayos';
const esp =
  'mount -t vfat -o dirsync,noatime,nosuid,nodev,noexec,uid=0,gid=701,umask=0007 /dev/disk/rayos/esp /sysroot/efi';

test('a log without errors, or one that is easily mended, is mounted', () => {
  for (const p of [0, 1, 2]) assert.deepEqual(commandsWith({ p, y: 8 }), [check('-p'), log, esp]);
});

test('a log that asks for a decision is mended, and then mounted', () => {
  for (const p of [4, 8, 12])
    assert.deepEqual(commandsWith({ p, y: 1 }), [check('-p'), check('-y'), log, esp]);
});

test('a log that cannot be mended is not mounted; the ESP is', () => {
  for (const y of [4, 8])
    assert.deepEqual(commandsWith({ p: 4, y }), [check('-p'), check('-y'), esp]);
});
