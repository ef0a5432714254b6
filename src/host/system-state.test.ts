import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { machineStops } from './system-state.ts';

test('a machine stays on only where systemd says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-state-'));
  try {
    const systemctl = join(folder, 'systemctl');
    const says = async (words: string, status: number) => {
      writeFileSync(systemctl, `#!/bin/sh\necho ${words}\nexit ${status}\n`);
      chmodSync(systemctl, 0o755);
      return await machineStops(systemctl);
    };
    assert.equal(await says('running', 0), false);
    assert.equal(await says('degraded', 1), false);
    assert.equal(await says('starting', 1), false);
    assert.equal(await says('stopping', 1), true);
    assert.equal(await says('unknown', 1), true);
    assert.equal(await machineStops(join(folder, 'not-there')), true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
