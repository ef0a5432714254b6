// The form of one row of the command table. Everything that can make RayOS act is made of these rows.

import type { Static, TObject, TProperties, TSchema } from 'typebox';

/** `safe` runs at once; `confirm` and `destructive` first return a plan and a consent token. */
export type Danger = 'safe' | 'confirm' | 'destructive';

/** What a language model may do with a command: call it, call it with a person's consent, or nothing. */
export type Exposure = 'allow' | 'confirm' | 'deny';

export type Command<A extends TObject = TObject, R extends TSchema = TSchema> = {
  /** One line, no full stop: completes the sentence "This command will …". */
  readonly summary: string;
  /** Words on the command line, for example ['guest', 'list']. */
  readonly cli: readonly string[];
  /** Names of arguments that are given by position on the command line, in order. */
  readonly positional: readonly string[];
  readonly arguments: A;
  readonly result: R;
  /**
   * How a person asks for it. Words in braces are arguments: 'show {guest}'. The first is shown in
   * help with `sample` filled in.
   */
  readonly phrases: readonly string[];
  /** Argument values for the examples in help and documentation. */
  readonly sample: Readonly<Record<string, string | number>>;
  readonly danger: Danger;
  readonly exposure: Exposure;
  /** Arguments that hold what a person typed: never written to the log or the audit. */
  readonly redact?: readonly string[];
  /** The result is an endless sequence of result values, one a line. */
  readonly stream?: boolean;
};

/** Declares a command and keeps its exact types. */
export function command<P extends TProperties, R extends TSchema>(
  declaration: Command<TObject<P>, R>,
): Command<TObject<P>, R> {
  return declaration;
}

export type ArgumentsOf<C extends Command> = Static<C['arguments']>;
export type ResultOf<C extends Command> = Static<C['result']>;
