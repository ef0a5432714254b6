// The audit: who asked for what, and what came of it. Kept in the store, newest 50,000 records. What has
// been done is not undone by a full disk: a record that cannot be written is counted, marked, and missing.

import type { AuditRecord } from '../contracts/index.ts';
import type { Migration, Store } from '../foundation/index.ts';
import type { Mark } from '../log/index.ts';

export const auditMigration: Migration = {
  room: 'audit',
  steps: [
    `CREATE TABLE audit (
       sequence INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, actor TEXT NOT NULL, command TEXT NOT NULL,
       arguments TEXT NOT NULL, outcome TEXT NOT NULL, code TEXT, duration_ms REAL NOT NULL) STRICT`,
  ],
};

const kept = 50_000;

export class Audit {
  readonly #insert;
  readonly #newest;
  readonly #prune;
  readonly #mark: Mark;
  #lost = 0;

  constructor({ database }: Pick<Store, 'database'>, mark: Mark) {
    this.#mark = mark;
    this.#insert = database.prepare(
      'INSERT INTO audit (time, actor, command, arguments, outcome, code, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#newest = database.prepare('SELECT * FROM audit ORDER BY sequence DESC LIMIT ?');
    this.#prune = database.prepare('DELETE FROM audit WHERE sequence <= ?');
  }

  /** Adds a record. Never throws: marks LOG:AUDIT_LOST with the number of records lost since the start. */
  append(record: Omit<AuditRecord, 'sequence' | 'time'>): void {
    try {
      this.#write(record);
    } catch {
      this.#mark('LOG:AUDIT_LOST', { count: ++this.#lost });
    }
  }

  newest(count: number): AuditRecord[] {
    return this.#newest.all(count).map((row) => ({
      sequence: Number(row.sequence),
      time: String(row.time),
      actor: String(row.actor),
      command: String(row.command),
      arguments: JSON.parse(String(row.arguments)),
      outcome: String(row.outcome) as AuditRecord['outcome'],
      ...(row.code === null ? {} : { code: String(row.code) }),
      durationMs: Number(row.duration_ms),
    }));
  }

  #write(record: Omit<AuditRecord, 'sequence' | 'time'>): void {
    const { actor, command, outcome, code, durationMs } = record;
    const { lastInsertRowid } = this.#insert.run(
      new Date().toISOString(),
      actor,
      command,
      JSON.stringify(record.arguments),
      outcome,
      code ?? null,
      durationMs,
    );
    if (Number(lastInsertRowid) % 1000 === 0) this.#prune.run(Number(lastInsertRowid) - kept);
  }
}
