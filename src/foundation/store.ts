// The store of one machine: SQLite with write-ahead log and synchronous FULL, so that what was
// acknowledged is there after a power cut. Rooms bring their own tables as numbered migrations.

import { chmodSync, existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { RayError } from '../contracts/index.ts';

/** One room's tables: `steps` run once each, in order, inside a transaction. Never edit a step: append. */
export type Migration = { readonly room: string; readonly steps: readonly string[] };

export type Store = Disposable & {
  readonly database: DatabaseSync;
  /** Runs `work` in one transaction: all of it happens or nothing. */
  transaction<T>(work: () => T): T;
};

/** Opens (or makes) the store at `path`, mode 0600, and brings every room's tables up to date. */
export function openStore(path: string, migrations: readonly Migration[]): Store {
  const isNew = path !== ':memory:' && !existsSync(path);
  const database = openDatabase(path);
  if (isNew) chmodSync(path, 0o600);
  try {
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000',
    );
  } catch (cause) {
    database.close();
    throw asDamaged(cause, path);
  }
  const store: Store = {
    database,
    transaction(work) {
      database.exec('BEGIN IMMEDIATE');
      try {
        const value = work();
        database.exec('COMMIT');
        return value;
      } catch (thrown) {
        // SQLite has rolled back by itself where the disk is full: "Response To Errors Within A Transaction".
        if (database.isTransaction) database.exec('ROLLBACK');
        throw thrown;
      }
    },
    [Symbol.dispose]: () => database.close(),
  };
  migrate(store, migrations);
  return store;
}

/** SQLITE_CORRUPT, SQLITE_NOTADB: https://www.sqlite.org/rescode.html */
const damage: readonly unknown[] = [11, 26];

/** What a person can do about a database that is none any more; anything else is as it was. */
function asDamaged(cause: unknown, path: string): unknown {
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  if (!damage.includes(code)) return cause;
  return new RayError(
    'FILE_CORRUPT',
    `the database ${path} is damaged, and RayOS leaves it as it is: put a copy of it in its place, or move it away and begin without its guests (their disks stay in the folder guests beside it)`,
    { path },
    cause,
  );
}

function openDatabase(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RayError(
      'STATE_UNWRITABLE',
      `cannot open the database ${path}: ${reason}`,
      { path },
      cause,
    );
  }
}

function migrate(store: Store, migrations: readonly Migration[]): void {
  store.database.exec(
    'CREATE TABLE IF NOT EXISTS migration (room TEXT PRIMARY KEY, done INTEGER NOT NULL) STRICT',
  );
  const read = store.database.prepare('SELECT done FROM migration WHERE room = ?');
  const write = store.database.prepare(
    'INSERT INTO migration (room, done) VALUES (?, ?) ON CONFLICT (room) DO UPDATE SET done = excluded.done',
  );
  for (const { room, steps } of migrations) {
    const done = Number(read.get(room)?.done ?? 0);
    if (done > steps.length) {
      throw new RayError(
        'STATE_UNWRITABLE',
        `the database was written by a newer RayOS (${room} ${done}, this one knows ${steps.length})`,
        { path: 'a newer RayOS' },
      );
    }
    for (let step = done; step < steps.length; step++) {
      store.transaction(() => {
        store.database.exec(steps[step] ?? '');
        write.run(room, step + 1);
      });
    }
  }
}
