import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needPrograms } from './host.ts';
import { sourceDate } from './source-date.ts';

test('the first program that is missing is named, with its package', async () => {
  const missing = ['no-such-program-of-rayos', 'its-package'] as const;
  await needPrograms([['sh', 'dash']]);
  await assert.rejects(needPrograms([['sh', 'dash'], missing]), {
    code: 'NOT_ON_THIS_HOST',
    message: /^no-such-program-of-rayos/,
    next: /its-package$/,
  });
});

test('without a commit there is no date, and git itself says why', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-date-'));
  const before = process.env.SOURCE_DATE_EPOCH;
  delete process.env.SOURCE_DATE_EPOCH;
  t.after(() => {
    rmSync(folder, { recursive: true, force: true });
    if (before !== undefined) process.env.SOURCE_DATE_EPOCH = before;
  });
  await assert.rejects(sourceDate(folder), {
    code: 'BUILD_FAILED',
    message: /not a git repository/,
  });
  process.env.SOURCE_DATE_EPOCH = '1700000000';
  assert.equal(await sourceDate(folder), 1_700_000_000);
  delete process.env.SOURCE_DATE_EPOCH;
});
