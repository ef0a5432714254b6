// Settings: what the person of this RayOS chose for the desktop, whatever browser they use. Owns one row
// each in the store; may use contracts and foundation. What cannot be understood any more is the default.

import Value from 'typebox/value';
import { defaultSettings, RayError, Settings } from '../contracts/index.ts';
import type { Migration, Store } from '../foundation/index.ts';

export const settingsMigration: Migration = {
  room: 'settings',
  steps: ['CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT'],
};

type Changes = { readonly [K in keyof Settings]?: Settings[K] | undefined };

export class SettingsStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All settings: what was chosen, and defaults for the rest. */
  show(): Settings {
    const rows = this.#store.database.prepare('SELECT name, value FROM setting').all();
    const settings: Record<string, unknown> = { ...defaultSettings };
    for (const { name, value } of rows) {
      const known = check(String(name), parsed(String(value)));
      if (known !== undefined) settings[String(name)] = known;
    }
    return settings as Settings;
  }

  /** Changes those that are given, all or none; answers with all. Throws BAD_REQUEST. */
  set(changes: Changes): Settings {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    if (given.length === 0)
      throw new RayError('BAD_REQUEST', 'no setting is named', { command: 'settings set' });
    for (const [name, value] of given)
      if (check(name, value) === undefined)
        throw new RayError('BAD_REQUEST', `${name} cannot be ${JSON.stringify(value)}`, {
          command: 'settings set',
        });
    this.#store.transaction(() => {
      const write = this.#store.database.prepare(
        'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      );
      for (const [name, value] of given) write.run(name, JSON.stringify(value));
    });
    return this.show();
  }
}

/** The value, if there is such a setting and it may be so. */
function check(name: string, value: unknown): unknown {
  if (!Object.hasOwn(Settings.properties, name)) return undefined;
  const schema = Settings.properties[name as keyof Settings];
  return Value.Check(schema, value) ? value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
