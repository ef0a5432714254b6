// Sentences: the daemon says which command one means, then that command runs like any other.

import { asRayError, RayError } from '../contracts/errors.ts';
import { execute } from './execute.ts';
import { groupRows } from './line/route.ts';
import { writeLine } from './line/write.ts';
import type { Row } from './rows.ts';
import type { Shell } from './shell.ts';
import { reportError } from './terminal/report.ts';
import { harmless } from './terminal/style.ts';
import { tell } from './terminal/terminal.ts';

export type Understood = {
  readonly row: Row;
  readonly arguments: Readonly<Record<string, string | number | boolean>>;
};

/** What a sentence means. Throws NOT_UNDERSTOOD, GUEST_UNKNOWN, GUEST_AMBIGUOUS, NOT_RUNNING. */
export async function understand(
  text: string,
  { client, rows, signal }: Shell,
): Promise<Understood> {
  const answer = (await client.call(
    { command: 'intent.resolve', arguments: { text } },
    signal,
  )) as { command: string; arguments: Understood['arguments'] };
  const row = rows.find(({ name }) => name === answer.command);
  if (row === undefined)
    throw new RayError('INTERNAL', `RayOS understood ${answer.command}, which is no command here`, {
      logFile: 'the one that `rayos status` names',
    });
  return { row, arguments: answer.arguments };
}

/** Says in one line what was understood, then runs it. */
export function runUnderstood({ row, arguments: args }: Understood, shell: Shell): Promise<number> {
  const { terminal, options } = shell;
  if (!options.json) tell(terminal, terminal.errorStyle.dim(harmless(`→ ${writeLine(row, args)}`)));
  const understood = { command: row.name, arguments: args };
  return execute(row, { arguments: args, local: {} }, shell, { understood });
}

/** Words that are no command: a sentence, or a misspelt command. */
export async function runPhrase(words: readonly string[], shell: Shell): Promise<number> {
  try {
    return await runUnderstood(await understand(words.join(' '), shell), shell);
  } catch (thrown) {
    return reportPhraseError(words, asRayError(thrown), shell);
  }
}

/** Tells why a sentence came to nothing; gives the exit code. */
export async function reportPhraseError(
  words: readonly string[],
  error: RayError,
  shell: Shell,
): Promise<number> {
  const better = await betterError(words, error, shell);
  return reportError(shell.terminal, better, { json: shell.options.json });
}

/** A word or two that are nearly a command are answered with that command. */
async function betterError(
  words: readonly string[],
  error: RayError,
  { rows }: Shell,
): Promise<RayError> {
  if (error.code !== 'NOT_UNDERSTOOD' && error.code !== 'NOT_RUNNING') return error;
  const suggestions = await nearCommands(words, rows);
  const isOneWord = words.length === 1 && !/\s/.test(words[0] ?? '');
  if (suggestions.length === 0 && !(isOneWord && error.code === 'NOT_UNDERSTOOD')) return error;
  return unknownCommand(words, suggestions);
}

export function unknownCommand(words: readonly string[], suggestions: readonly string[]): RayError {
  const hint = suggestions.length === 0 ? '' : `; did you mean ${suggestions.join(' or ')}?`;
  const shown = words.slice(0, 2).join(' ').slice(0, 60);
  return new RayError('UNKNOWN_COMMAND', `there is no command "${shown}"${hint}`, {
    suggestions: suggestions.join('; '),
  });
}

/** Commands that differ by little from the first words, as they would be typed. */
export async function nearCommands(
  words: readonly string[],
  rows: readonly Row[],
): Promise<string[]> {
  const { nearest } = await import('../cognition/index.ts');
  const names = rows.map(({ cli }) => cli.join(' '));
  const group = groupRows(rows, words[0] ?? '').map(({ cli }) => cli.join(' '));
  const two = nearest(words.slice(0, 2).join(' '), group.length > 0 ? group : names, 2);
  const one = words.length === 1 ? nearest(words[0] ?? '', names, 2) : [];
  return [...new Set([...two, ...one])].slice(0, 2).map((name) => `rayos ${name}`);
}
