// A command with its arguments, written as a line that does it.

import type { Row } from '../rows.ts';
import { quoteWord } from './words.ts';

/** For example `rayos guest present linux-desktop`, `rayos type 'hello you' --guest linux-desktop`. */
export function writeLine(row: Row, values: Readonly<Record<string, unknown>>): string {
  const flagAt = row.positional.findIndex((name) => values[name] === undefined);
  const positional = flagAt === -1 ? row.positional : row.positional.slice(0, flagAt);
  const words = positional.map((name) => quoteWord(String(values[name])));
  const flags = row.parameters
    .filter(({ name }) => !positional.includes(name) && values[name] !== undefined)
    .map(({ name, flag, type }) => {
      if (type !== 'boolean') return `--${flag} ${quoteWord(String(values[name]))}`;
      return values[name] === false ? `--no-${flag}` : `--${flag}`;
    });
  const guard = words.some((word) => /^'?-/.test(word)) ? ['--'] : [];
  return ['rayos', ...row.cli, ...flags, ...guard, ...words].join(' ');
}
