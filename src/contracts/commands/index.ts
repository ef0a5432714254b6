// The one table of commands. CLI, completion, HTTP, OpenAPI, the desktop's calls and the reference
// documentation are all derived from it; what is not here cannot be asked of RayOS.

import { belongingsCommands } from './belongings.ts';
import { bootCommands } from './boot.ts';
import type { ArgumentsOf, Command, Danger, Exposure, ResultOf } from './command.ts';
import { guestCommands } from './guest.ts';
import { hardwareCommands } from './hardware.ts';
import { inputCommands } from './input.ts';
import { systemCommands } from './system.ts';

export const commands = {
  ...guestCommands,
  ...belongingsCommands,
  ...inputCommands,
  ...bootCommands,
  ...hardwareCommands,
  ...systemCommands,
} as const;

export type CommandName = keyof typeof commands;
export type CommandArguments<N extends CommandName> = ArgumentsOf<(typeof commands)[N]>;
export type CommandResult<N extends CommandName> = ResultOf<(typeof commands)[N]>;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** The declaration of a command, seen as the general form. */
export function commandOf(name: CommandName): Command {
  return commands[name];
}

export const commandNames = Object.keys(commands) as CommandName[];

/**
 * What `POST /api/commands/:name` takes and gives. The body is `{ arguments, consent? }`; the answer is
 * `{ result }`, or `{ error }` with the status of its code. CONSENT_NEEDED carries `plan` and `consent`.
 */
export type CommandRequest = { readonly arguments: unknown; readonly consent?: string };
export type CommandAnswer =
  | { readonly result: unknown }
  | {
      readonly error: import('../errors.ts').ErrorBody;
      readonly plan?: import('../schemas.ts').Plan;
      readonly consent?: string;
    };

export type { ArgumentsOf, Command, Danger, Exposure, ResultOf };
