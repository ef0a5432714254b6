// Answers from the documentation: passages ranked by BM25 (SQLite's FTS5, porter stemming), in memory, built
// when somebody first asks.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { HelpPassage } from '../../contracts/index.ts';
import { type Passage, passagesOf } from './passages.ts';
import { queryOf } from './query.ts';

/** The reference of all commands matches every word, and answers no question; it is worth less. */
const reference = 'commands';

export class Help implements Disposable {
  readonly #folder: string;
  #database: DatabaseSync | undefined;

  /** `folder` holds the pages, as Markdown. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The passages that answer best, best first; none when the pages say nothing about it. */
  search(question: string, limit = 3): HelpPassage[] {
    const query = queryOf(question);
    if (query === undefined) return [];
    // Columns: page, title, heading, text. bm25 is smaller for what fits better.
    const rows = this.#index()
      .prepare(
        `SELECT page, title, heading, text,
                bm25(passage, 4.0, 3.0, 4.0, 1.0) * iif(page = ?, 0.4, 1) AS rank
           FROM passage WHERE passage MATCH ? ORDER BY rank, rowid LIMIT ?`,
      )
      .all(reference, query, limit);
    return rows.map((row) => ({
      page: String(row.page),
      title: String(row.title),
      heading: String(row.heading),
      text: String(row.text),
      score: Math.round(-Number(row.rank) * 1000) / 1000,
    }));
  }

  #index(): DatabaseSync {
    if (this.#database) return this.#database;
    const database = new DatabaseSync(':memory:');
    database.exec(
      "CREATE VIRTUAL TABLE passage USING fts5(page, title, heading, text, tokenize = 'porter unicode61')",
    );
    const insert = database.prepare('INSERT INTO passage VALUES (?, ?, ?, ?)');
    for (const { page, title, heading, text } of this.#pages())
      insert.run(page, title, heading, text);
    this.#database = database;
    return database;
  }

  #pages(): Passage[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.md') && name !== 'README.md')
      .sort()
      .flatMap((name) =>
        passagesOf(name.slice(0, -'.md'.length), readFileSync(join(this.#folder, name), 'utf8')),
      );
  }

  [Symbol.dispose](): void {
    this.#database?.close();
    this.#database = undefined;
  }
}
