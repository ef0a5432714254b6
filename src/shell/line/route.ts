// Which command the first words name.

import type { Row } from '../rows.ts';

export type Route = { readonly row: Row; readonly rest: readonly string[]; readonly used: number };

/** The command with the most words that begin the line. */
export function findRoute(rows: readonly Row[], words: readonly string[]): Route | undefined {
  const fitting = rows
    .filter(({ cli }) => cli.every((part, i) => words[i] === part))
    .sort((a, b) => b.cli.length - a.cli.length);
  const [row] = fitting;
  if (row === undefined) return undefined;
  return { row, rest: words.slice(row.cli.length), used: row.cli.length };
}

/** Commands under a first word: `guest` → guest list, guest show … */
export function groupRows(rows: readonly Row[], word: string): readonly Row[] {
  return rows.filter(({ cli }) => cli.length > 1 && cli[0] === word);
}

export function commandLine(row: Row): string {
  return row.cli.join(' ');
}
