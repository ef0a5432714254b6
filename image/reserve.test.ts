// Room that is held back for a start on a full disk, on a real file system that is full.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const reserve = join(import.meta.dirname, 'tree/usr/lib/rayos/reserve');

/** Says after each start whether room is held back. */
const script = `
set -e
mount -t tmpfs -o size=1200m none /mnt
held() { [ -e /mnt/.reserve ] && echo "held $(stat -c %s /mnt/.reserve)" || echo none; }
sh ${reserve} /mnt; held
fallocate -l $(($(stat -f -c '%a*%S' /mnt))) /mnt/full
! echo word >/mnt/word 2>/dev/null || echo 'not full'
sh ${reserve} /mnt >/dev/null; held
echo word >/mnt/word
sh ${reserve} /mnt; held
rm /mnt/full
sh ${reserve} /mnt; held
`;

test('held back while there is plenty, given up at a start on a full disk, taken again', (t) => {
  const inNamespace = ['--user', '--map-root-user', '--mount', 'sh', '-c', script];
  const { status, stdout, stderr } = spawnSync('unshare', inNamespace, { encoding: 'utf8' });
  if (/unshare: (unshare )?failed/.test(stderr)) return t.skip(`no namespaces here: ${stderr}`);
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.trim().split('\n'), ['held 67108864', 'none', 'none', 'held 67108864']);
});
