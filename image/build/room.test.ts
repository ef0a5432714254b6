import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needRooms } from './room.ts';

test('too little room is said before the work, of the image; folders of one disk share it', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'rayos-room-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const [cache, dist] = [join(home, 'cache'), join(home, 'dist')];
  for (const folder of [cache, dist]) mkdirSync(folder);
  const { bavail, bsize } = statfsSync(home);
  const most = Math.floor(bavail * bsize * 0.7);
  needRooms([
    { folder: cache, bytes: most },
    { folder: dist, bytes: 0 },
  ]);
  assert.throws(
    () =>
      needRooms([
        { folder: cache, bytes: most },
        { folder: dist, bytes: most },
      ]),
    { code: 'STATE_UNWRITABLE', message: /^building the image needs \d+ MiB .* only \d+ MiB/ },
  );
});
