import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DesktopShown, displayCheck } from './display.ts';

test('a screen without the desktop on it is degraded, as is no screen; never bad', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-drm-'));
  const { signal } = new AbortController();
  const stateWith = async (desktop?: DesktopShown) =>
    (await displayCheck(folder, () => desktop).ask(signal)).state;
  try {
    assert.equal(await stateWith(), 'degraded');
    mkdirSync(join(folder, 'card0-Virtual-1'));
    writeFileSync(join(folder, 'card0-Virtual-1/status'), 'connected\n');
    assert.equal(await stateWith(), 'good');
    for (const [state, wanted] of [
      ['unknown', 'good'],
      ['shown', 'good'],
      ['lost', 'degraded'],
      ['console', 'degraded'],
    ] as const)
      assert.equal(await stateWith({ state, reason: 'page-crashed' }), wanted);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
