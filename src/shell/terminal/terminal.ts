// What `rayos` is spoken to through: results to standard output, everything else (plans, questions,
// progress, errors) to standard error, so that output can be piped.

import type { ReadStream } from 'node:tty';
import { makeStyle, type Style } from './style.ts';

export type Terminal = {
  readonly input: NodeJS.ReadableStream & Partial<Pick<ReadStream, 'isTTY'>>;
  readonly output: NodeJS.WritableStream;
  readonly errors: NodeJS.WritableStream;
  /** A person can be asked: input and errors are a terminal. */
  readonly canAsk: boolean;
  /** A line on it can be drawn anew: it knows more than text. */
  readonly canMove: boolean;
  readonly isOutputTerminal: boolean;
  readonly style: Style;
  readonly errorStyle: Style;
  readonly columns: number;
};

export function processTerminal({ stdin, stdout, stderr, env } = process): Terminal {
  const isPlain = env.TERM === 'dumb' || (env.NO_COLOR ?? '') !== '';
  return {
    input: stdin,
    output: stdout,
    errors: stderr,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    canMove: env.TERM !== 'dumb',
    isOutputTerminal: stdout.isTTY === true,
    style: makeStyle(stdout.isTTY === true && !isPlain),
    errorStyle: makeStyle(stderr.isTTY === true && !isPlain),
    columns: stdout.columns || 100, // 0 on terminals without a size
  };
}

/** Prints lines to standard output. */
export function print(terminal: Terminal, ...lines: readonly string[]): void {
  for (const line of lines) terminal.output.write(`${line}\n`);
}

/** Prints lines to standard error. */
export function tell(terminal: Terminal, ...lines: readonly string[]): void {
  for (const line of lines) terminal.errors.write(`${line}\n`);
}
