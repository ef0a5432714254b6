import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultSettings } from '../contracts/index.ts';
import { openStore } from '../foundation/index.ts';
import { SettingsStore, settingsMigration } from './index.ts';

test('what is set survives a restart; the rest is the default', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rayos-settings-'));
  const file = join(folder, 'rayos.db');
  {
    using store = openStore(file, [settingsMigration]);
    const settings = new SettingsStore(store);
    assert.deepEqual(settings.show(), defaultSettings);
    const wanted = { ...defaultSettings, scheme: 'dark', textScale: 1.25 } as const;
    assert.deepEqual(settings.set({ scheme: 'dark', textScale: 1.25 }), wanted);
  }
  {
    using store = openStore(file, [settingsMigration]);
    assert.equal(new SettingsStore(store).show().scheme, 'dark');
  }
  rmSync(folder, { recursive: true });
});

test('a change that cannot be changes nothing, and is refused in words', () => {
  using store = openStore(':memory:', [settingsMigration]);
  const settings = new SettingsStore(store);
  const wrong: object[] = [
    { scheme: 'dark', textScale: 9 },
    { scheme: 'pink' },
    { colour: 'red' },
    { __proto__: null, constructor: 1 },
    {},
  ];
  for (const change of wrong) assert.throws(() => settings.set(change), { code: 'BAD_REQUEST' });
  assert.deepEqual(settings.show(), defaultSettings);
});

test('whatever stands in the store, settings are as their schema says', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(defaultSettings), 'gone', '__proto__'),
      fc.oneof(fc.json(), fc.string()),
      (name, value) => {
        using store = openStore(':memory:', [settingsMigration]);
        store.database.prepare('INSERT INTO setting VALUES (?, ?)').run(name, value);
        const shown = new SettingsStore(store).show();
        assert.deepEqual(Object.keys(shown), Object.keys(defaultSettings));
        for (const [key, usual] of Object.entries(defaultSettings))
          assert.equal(typeof shown[key as keyof typeof shown], typeof usual);
      },
    ),
    { numRuns: 50 },
  );
});
