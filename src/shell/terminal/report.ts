// How things end: results and errors, as JSON or in words.

import { type ErrorBody, errors, exitCodes, type RayError } from '../../contracts/errors.ts';
import { harmless } from './style.ts';
import { type Terminal, tell } from './terminal.ts';

/** Prints one JSON value: indented for a person's eyes, on one line for programs. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.output.write(`${JSON.stringify(value, null, terminal.isOutputTerminal ? 2 : 0)}\n`);
}

/** Says what happened and what to do next; gives the exit code. */
export function reportError(
  terminal: Terminal,
  error: RayError,
  {
    json,
    more = {},
  }: { readonly json: boolean; readonly more?: Readonly<Record<string, unknown>> },
): number {
  if (json) printJson(terminal, { error: error.toJSON(), ...more });
  else tell(terminal, ...errorLines(harmless(error.toJSON()), terminal));
  return exitCodes[errors[error.code].exit];
}

function errorLines({ message, next }: ErrorBody, { errorStyle }: Terminal): string[] {
  const stop = /[.!?]$/.test(message) ? '' : '.';
  return [`${errorStyle.red('rayos:')} ${message}${stop}`, next.replace('help `', 'help`')];
}
