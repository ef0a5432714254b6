// One line: a command of the table, help, completion, or a sentence.

import { asRayError, exitCodes, type RayError } from '../contracts/errors.ts';
import { execute } from './execute.ts';
import { type Parsed, parseArguments, TooManyWords } from './line/arguments.ts';
import type { SplitLine } from './line/options.ts';
import { findRoute, groupRows, type Route } from './line/route.ts';
import { splitWords } from './line/words.ts';
import type { Shell } from './shell.ts';
import { reportError } from './terminal/report.ts';
import { print, tell } from './terminal/terminal.ts';

/** Runs a split line that is not empty; gives the exit code. Throws nothing. */
export async function runLine(line: SplitLine, shell: Shell): Promise<number> {
  const { terminal, options } = shell;
  try {
    return await dispatch(line, shell);
  } catch (thrown) {
    return reportError(terminal, asRayError(thrown), { json: options.json });
  }
}

async function dispatch({ words, literalFrom }: SplitLine, shell: Shell): Promise<number> {
  const { rows, options } = shell;
  const [first = ''] = words;
  if (first === 'help' || options.help)
    return help(first === 'help' ? words.slice(1) : words, shell);
  if (first === 'completion') return completion(words.slice(1), shell);
  const route = literalFrom === 0 ? undefined : findRoute(rows, words);
  if (route !== undefined) return runCommand(route, literalFrom, shell);
  if (groupRows(rows, first).length > 0) return unfinishedGroup(words, shell);
  const { nearCommands, runPhrase, unknownCommand } = await import('./phrase.ts');
  const flag = words.slice(0, literalFrom).find((word) => word.startsWith('-'));
  if (flag !== undefined) {
    const named = words.filter((word) => word !== flag);
    throw unknownCommand(named.length > 0 ? named : [flag], await nearCommands(named, rows));
  }
  // `rayos "guest list"`: a command in quotes is no sentence, and is still meant.
  const inner = words.length === 1 ? splitWords(first) : undefined;
  const quoted = inner === undefined ? undefined : findRoute(rows, inner);
  const isSentence = quoted === undefined || quoted.used === 1;
  if (!isSentence) return runCommand(quoted, inner?.length ?? 0, shell);
  return runPhrase(words, shell);
}

async function runCommand(route: Route, literalFrom: number, shell: Shell): Promise<number> {
  const { row, rest, used } = route;
  try {
    return await execute(row, parseArguments(row, rest, literalFrom - used), shell);
  } catch (thrown) {
    if (!(thrown instanceof TooManyWords)) throw thrown;
    return withMoreWords(route, thrown, shell);
  }
}

/**
 * More words than the command takes: `type hello into linux` is a sentence as well as a command's
 * beginning, and `guest present linux desktop` means one guest.
 */
async function withMoreWords({ row, rest }: Route, error: RayError, shell: Shell): Promise<number> {
  const hasFlags = rest.some((word) => word.startsWith('--'));
  if (row.cli.length === 1 && !hasFlags) {
    const { runUnderstood, understand } = await import('./phrase.ts');
    const sentence = [...row.cli, ...rest].join(' ');
    const understood = await understand(sentence, shell).catch(() => undefined);
    if (understood !== undefined) return runUnderstood(understood, shell);
  }
  const joined = joinWords(row, rest);
  if (joined === undefined) throw error;
  return execute(row, joined, shell);
}

/** All words as one text, for commands whose only position is one. */
function joinWords(row: Route['row'], rest: readonly string[]): Parsed | undefined {
  const [name, second] = row.positional;
  const parameter = row.parameters.find((p) => p.name === name);
  if (second !== undefined || parameter?.type !== 'string' || parameter.values) return undefined;
  const flagAt = rest.findIndex((word) => word.startsWith('--'));
  const end = flagAt === -1 ? rest.length : flagAt;
  return parseArguments(row, [rest.slice(0, end).join(' '), ...rest.slice(end)]);
}

async function help(words: readonly string[], { rows, terminal, options }: Shell): Promise<number> {
  const { helpFor } = await import('./help/help.ts');
  const topic = words.filter((word) => !word.startsWith('-'));
  const lines = helpFor(topic, rows, terminal.style);
  if (lines !== undefined) {
    print(terminal, ...lines);
    return exitCodes.done;
  }
  const { nearCommands, unknownCommand } = await import('./phrase.ts');
  const error = unknownCommand(topic, await nearCommands(topic, rows));
  return reportError(terminal, error, { json: options.json });
}

/** `rayos guest` alone, or with a word that is no command of the group. */
async function unfinishedGroup(words: readonly string[], shell: Shell): Promise<number> {
  const { rows, terminal } = shell;
  if (words.length > 1) {
    const { nearCommands, unknownCommand } = await import('./phrase.ts');
    throw unknownCommand(words, await nearCommands(words, rows));
  }
  const { groupHelp } = await import('./help/help.ts');
  tell(terminal, ...groupHelp(words[0] ?? '', rows));
  return exitCodes.usage;
}

async function completion(words: readonly string[], { terminal }: Shell): Promise<number> {
  const { completionScript } = await import('./complete/scripts.ts');
  terminal.output.write(completionScript(words[0] ?? ''));
  return exitCodes.done;
}
