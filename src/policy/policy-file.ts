// policy.toml: read, checked, explained. A file that cannot be understood means safe mode, never open
// doors; a file that is missing is written with the defaults and their reasons.

import { parse } from 'smol-toml';
import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import { RayError } from '../contracts/index.ts';
import { readIfThere, writeDurable } from '../foundation/index.ts';

const Patterns = Type.Array(Type.String({ pattern: '^(\\*|[a-z]+\\.(\\*|[a-z]+))$' }));

export const PolicyFile = Type.Object(
  {
    schema: Type.Literal(1),
    profile: Type.String({ minLength: 1, maxLength: 40 }),
    commands: Type.Object({ person: Patterns, model: Patterns }, { additionalProperties: false }),
    consent: Type.Object({ also: Patterns }, { additionalProperties: false }),
    guests: Type.Object(
      {
        on_exit: Type.Enum(['suspend', 'stop', 'keep']),
        max_running: Type.Integer({ minimum: 0, maximum: 1000 }),
        network: Type.Enum(['off', 'restricted', 'nat']),
      },
      { additionalProperties: false },
    ),
    /** Not in files of before: then as in the default policy. */
    folders: Type.Optional(
      Type.Object(
        { allow: Type.Array(Type.String({ pattern: '^(~|/)', maxLength: 4096 })) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type PolicyFile = Static<typeof PolicyFile>;

export const defaultPolicyText = `# RayOS policy. What is not allowed here is refused, and the refusal says so.
# RayOS reads this file when it starts. A mistake in it means safe mode: RayOS then only shows and stops.
schema = 1
profile = "personal"

[commands]
# Commands by name ("guest.start"), by room ("guest.*"), or all ("*"). \`rayos help\` lists them.
person = ["*"]   # you: signed in in a browser, or at this machine's terminal
model = []       # language models: nothing until you say otherwise

[consent]
# Commands that must ask you first, beyond those that always do.
also = []

[guests]
on_exit = "suspend"   # when RayOS stops: "suspend" its guests to go on later, "stop" them, or "keep" them running
max_running = 8       # guests that may run at the same time
network = "off"       # the most that a guest may have: "off" no network card, "restricted" one that leads
                      # nowhere but to ports that you forward, "nat" out through this machine

[folders]
# Folders of this machine that guests may be given a part of. "~" is your home, without what begins with a dot.
allow = ["~"]
`;

/** What files that say nothing of folders mean. */
export const defaultFolders: readonly string[] = ['~'];

/** What runs when the policy file is broken: nothing but looking and stopping. */
export const safeMode: PolicyFile = {
  schema: 1,
  profile: 'safe-mode',
  commands: {
    person: [
      'guest.list',
      'guest.show',
      'guest.stop',
      'system.status',
      'system.shutdown',
      'boot.status',
      'boot.history',
      'boot.checks',
      'surface.list',
      'log.markers',
      'audit.list',
      'desktop.events',
      'session.link',
      'intent.resolve',
    ],
    model: [],
  },
  consent: { also: [] },
  guests: { on_exit: 'stop', max_running: 0, network: 'off' },
  folders: { allow: [] },
};

export type LoadedPolicy = {
  readonly file: string;
  readonly policy: PolicyFile;
  readonly brokenBecause?: string;
};

/** Reads a policy's text. Throws BAD_REQUEST with the place and the reason in words. */
export function parsePolicy(text: string): PolicyFile {
  let document: unknown;
  try {
    document = parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new RayError('BAD_REQUEST', `it is not valid TOML: ${reason}`, {}, cause);
  }
  if (!Value.Check(PolicyFile, document)) {
    const first = Value.Errors(PolicyFile, document)[0];
    throw new RayError(
      'BAD_REQUEST',
      `${first?.instancePath || 'the file'} ${first?.message ?? 'is not as it should be'}`,
    );
  }
  return document;
}

/** Loads policy from `file`; writes the default one first when there is none. */
export function loadPolicy(file: string): LoadedPolicy {
  const text = readIfThere(file);
  if (text === undefined) {
    writeDurable(file, defaultPolicyText);
    return { file, policy: parsePolicy(defaultPolicyText) };
  }
  try {
    return { file, policy: parsePolicy(text) };
  } catch (thrown) {
    return {
      file,
      policy: safeMode,
      brokenBecause: thrown instanceof Error ? thrown.message : String(thrown),
    };
  }
}
