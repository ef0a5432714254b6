// The nouns of a boot, as commands answer with them.

import { type Static, Type } from 'typebox';

const literals = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.Enum([...values]));

const Stage = literals(['KERNEL', 'SUBSYSTEMS', 'SHELL', 'GOLDEN']);

export const BootVersion = Type.Object({
  version: Type.String(),
  /** `missing`: in a slot, but no entry starts it. */
  state: literals(['golden', 'untried', 'failing', 'exhausted', 'missing']),
  /** Attempts in a row that failed. */
  failures: Type.Integer(),
  wasGolden: Type.Boolean(),
});

export const BootStatus = Type.Object({
  version: Type.String(),
  /** File of the entry that runs; empty where it is not known. */
  entry: Type.String(),
  bootId: Type.String(),
  /** None: nothing of this boot could be recorded. */
  stage: Type.Optional(Stage),
  /** Sentences: why this version runs, and what is suspected. */
  reason: Type.String(),
  /** File of the entry that is started next; none if there is nothing to start. */
  next: Type.Optional(Type.String()),
  versions: Type.Array(BootVersion),
  /** Names of the checks that are not good. */
  degraded: Type.Array(Type.String()),
  bad: Type.Array(Type.String()),
  blessed: Type.Boolean(),
  /** What a person should know beside that, in sentences. */
  notes: Type.Array(Type.String()),
});
export type BootStatus = Static<typeof BootStatus>;

export const BootHistory = Type.Object({
  boots: Type.Array(
    Type.Object({
      bootId: Type.String(),
      version: Type.String(),
      entry: Type.String(),
      began: Type.String({ description: 'UTC, ISO 8601' }),
      stages: Type.Array(
        Type.Object({
          stage: Stage,
          afterMs: Type.Number({ description: 'Since the kernel started' }),
        }),
      ),
      /** `clean`: shut down in order before it was golden. */
      end: literals(['golden', 'clean', 'failed', 'running']),
      reason: Type.String(),
    }),
  ),
});
export type BootHistory = Static<typeof BootHistory>;

export const BootChecks = Type.Object({
  golden: Type.Boolean(),
  /** How long all checks have to hold. */
  holdSeconds: Type.Number(),
  checks: Type.Array(
    Type.Object({
      name: Type.String(),
      asks: Type.String(),
      state: literals(['good', 'degraded', 'bad']),
      words: Type.String(),
      time: Type.String({ description: 'UTC, ISO 8601' }),
    }),
  ),
});
export type BootChecks = Static<typeof BootChecks>;
