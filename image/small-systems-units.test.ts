import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** What a unit of the initrd or of recovery sets, line by line. */
const settingsOf = (unit: string) =>
  readFileSync(join(import.meta.dirname, unit), 'utf8')
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'));

test('the menu of recovery comes back however often it ends', () => {
  const menu = settingsOf('recovery/usr/lib/systemd/system/rayos-recovery-menu@.service');
  assert.ok(menu.includes('Restart=always'));
  assert.ok(menu.includes('StartLimitIntervalSec=0'));
});

test('the last steps of the initrd have an end', () => {
  // A oneshot has none of its own.
  const cleanup = settingsOf(
    'initrd/usr/lib/systemd/system/initrd-cleanup.service.d/50-rayos.conf',
  );
  assert.ok(cleanup.includes('TimeoutStartSec=5min'));
});
