// One holder at a time, released by the kernel when the holder dies: an exclusive SQLite transaction
// on a file of its own. (Node has no flock; a file with a process id in it outlives its process.)

import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** Takes the lock at `path`; undefined when another process holds it after `waitMs`. */
export function takeLock(path: string, waitMs = 0): Disposable | undefined {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${Math.max(0, Math.floor(waitMs))}`);
    database.exec('BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
  } catch (thrown) {
    database.close();
    if (thrown instanceof Error && /locked|busy/.test(thrown.message)) return undefined;
    throw thrown;
  }
  return { [Symbol.dispose]: () => database.close() };
}
