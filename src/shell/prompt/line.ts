// One line of the prompt. Commands first, where the line reads as one exactly; else it is a sentence.

import { asRayError, type RayError } from '../../contracts/errors.ts';
import { execute } from '../execute.ts';
import { parseArguments } from '../line/arguments.ts';
import { type SplitLine, takeOptions } from '../line/options.ts';
import { findRoute, groupRows } from '../line/route.ts';
import { splitWords } from '../line/words.ts';
import { reportPhraseError, runUnderstood, understand } from '../phrase.ts';
import { runLine } from '../run.ts';
import type { Shell } from '../shell.ts';

const ownWords = ['help', 'completion'];

export type Outcome = {
  /** The line holds what was typed into a guest: it is not kept. */
  readonly isSecret: boolean;
  /** It was a command or a sentence; what was neither is not kept either. */
  readonly isKnown: boolean;
};

export async function runPromptLine(text: string, shell: Shell): Promise<Outcome> {
  const words = splitWords(text.replace(/^rayos\s+(?=\S)/, ''));
  const line = words === undefined ? undefined : safeOptions(words);
  const inLine = line === undefined ? shell : { ...shell, options: line.options };
  if (line !== undefined && (ownWords.includes(line.words[0] ?? '') || line.options.help)) {
    await runLine(line, inLine);
    return { isKnown: true, isSecret: false };
  }
  const command = line === undefined ? undefined : asCommand(line, shell);
  if (command !== undefined) {
    await execute(command.row, command.parsed, inLine);
    return { isKnown: true, isSecret: command.row.isRedacted };
  }
  try {
    const understood = await understand(text, shell);
    await runUnderstood(understood, shell);
    return { isKnown: true, isSecret: understood.row.isRedacted };
  } catch (thrown) {
    return explain(text, line, asRayError(thrown), inLine);
  }
}

/** The line as a command of the table, if every word of it fits. */
function asCommand({ words, literalFrom }: SplitLine, { rows }: Shell) {
  const route = findRoute(rows, words);
  if (route === undefined) return undefined;
  try {
    const parsed = parseArguments(route.row, route.rest, literalFrom - route.used);
    return { row: route.row, parsed };
  } catch {
    return undefined; // perhaps a sentence; if not, the command's own complaint is told
  }
}

/** Neither a command nor a sentence: what is wrong is told of what the line looks like most. */
async function explain(
  text: string,
  line: SplitLine | undefined,
  error: RayError,
  shell: Shell,
): Promise<Outcome> {
  const { words } = line ?? { words: [] };
  const row = findRoute(shell.rows, words)?.row;
  const isCommand = row !== undefined || groupRows(shell.rows, words[0] ?? '').length > 0;
  if (line !== undefined && isCommand && error.code === 'NOT_UNDERSTOOD')
    await runLine(line, shell);
  else await reportPhraseError([text], error, shell);
  return { isKnown: row !== undefined, isSecret: row?.isRedacted ?? true };
}

function safeOptions(words: readonly string[]): SplitLine | undefined {
  try {
    return takeOptions(words[0] === '?' ? ['help', ...words.slice(1)] : words);
  } catch {
    return undefined;
  }
}
