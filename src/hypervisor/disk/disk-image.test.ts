import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDisk, resizeDisk, snapshotDisk, snapshotsOf } from './disk-image.ts';
import { readQcow2 } from './qcow2.ts';

const signal = new AbortController().signal;

test('a change of a disk takes as long as it takes; a question about it does not', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-disk-'));
  try {
    const disk = { file: join(folder, 'disk.qcow2') };
    await createDisk(disk, 2 ** 20, signal);
    t.mock.timers.enable({ apis: ['setTimeout'] });
    /** What becomes of it when more time passes, at once, than any slow disk takes. */
    const slowly = <T>(work: Promise<T>) => {
      t.mock.timers.tick(3_600_000);
      return work;
    };
    await slowly(snapshotDisk(disk, 'take', 'one', signal));
    await slowly(resizeDisk(disk, 2 ** 21, signal));
    await slowly(snapshotDisk(disk, 'apply', 'one', signal));
    await assert.rejects(slowly(snapshotsOf(disk, signal)), { code: 'TIMED_OUT' });
    assert.deepEqual(await snapshotsOf(disk, signal), ['one']);
    await slowly(snapshotDisk(disk, 'delete', 'one', signal));
    assert.equal(readQcow2(disk.file).snapshots, 0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
