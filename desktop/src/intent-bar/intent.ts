// One intent from words to observation: what it means, whether it ran, what was seen.

import { createSignal } from 'solid-js';
import {
  type CommandArguments,
  type CommandName,
  commandOf,
  type ErrorBody,
  isCommandName,
} from '../../../src/contracts/index.ts';
import type { DesktopModel } from '../desktop/model.ts';
import { parseCommandLine } from './command-line.ts';
import { addToHistory } from './history.ts';
import { type Told, tell } from './outcome.ts';

export type Meaning = {
  readonly command: CommandName;
  readonly summary: string;
  readonly arguments: Readonly<Record<string, string | number | boolean>>;
};

export type Progress =
  | { readonly step: 'nothing' }
  | { readonly step: 'understanding' }
  | { readonly step: 'running'; readonly meaning: Meaning }
  | {
      readonly step: 'done';
      readonly meaning: Meaning;
      readonly told: Told;
      readonly surface?: string;
      /** The answer is a page that was opened. */
      readonly opened?: true;
    }
  | { readonly step: 'declined'; readonly meaning: Meaning }
  | { readonly step: 'failed'; readonly meaning?: Meaning; readonly error: ErrorBody };

export function createIntent(desktop: DesktopModel) {
  const [progress, setProgress] = createSignal<Progress>({ step: 'nothing' });

  /** Resolves and runs what was typed; true when it was done. */
  const submit = async (text: string): Promise<Progress> => {
    setProgress({ step: 'understanding' });
    const line = parseCommandLine(text);
    if (line && 'command' in line) return begin(text, line.command, line.arguments);
    const resolved = await desktop.run('intent.resolve', { text });
    if (resolved.kind === 'declined') return setProgress({ step: 'nothing' });
    // A command line with a mistake is told as one, unless it was a sentence after all.
    if (resolved.kind === 'failed' && line)
      return setProgress({ step: 'failed', error: badLine(line.fault) });
    if (resolved.kind === 'failed') return setProgress({ step: 'failed', error: resolved.error });
    const { command, arguments: args } = resolved.result;
    if (!isCommandName(command))
      return setProgress({ step: 'failed', error: unknownCommand(command) });
    return begin(text, command, args);
  };
  const begin = async (text: string, command: CommandName, args: Meaning['arguments']) => {
    const { summary, redact } = commandOf(command);
    if (!redact) addToHistory(text);
    const meaning: Meaning = { command, summary, arguments: args };
    setProgress({ step: 'running', meaning });
    return setProgress(await carryOut(meaning));
  };

  const carryOut = async (meaning: Meaning): Promise<Progress> => {
    // An endless answer has no place here: the desktop has heard the same markers itself.
    if (meaning.command === 'log.markers') return { step: 'done', meaning, told: heard() };
    const page = pageFor(meaning);
    if (page) {
      desktop.open(page);
      return { step: 'done', meaning, told: { sentence: 'It is open.' }, opened: true };
    }
    const { command } = meaning;
    const outcome = await desktop.run(
      command,
      meaning.arguments as CommandArguments<typeof command>,
    );
    if (outcome.kind === 'declined') return { step: 'declined', meaning };
    if (outcome.kind === 'failed') return { step: 'failed', meaning, error: outcome.error };
    const told = tell(command, outcome.result);
    const { surface } = outcome.result as { surface?: unknown };
    return { step: 'done', meaning, told, ...(typeof surface === 'string' ? { surface } : {}) };
  };
  const heard = (): Told => {
    const markers = desktop.markers();
    return {
      sentence:
        markers.length === 0
          ? 'Nothing has happened since this desktop was opened.'
          : `The newest of what has happened since this desktop was opened:`,
      rows: markers
        .slice(-12)
        .toReversed()
        .map((m) => [new Date(m.time).toLocaleTimeString(), m.line]),
    };
  };
  return { progress, submit, reset: () => setProgress({ step: 'nothing' }) };
}

/** Answers that have a page of their own. */
function pageFor({ command, arguments: args }: Meaning): string | undefined {
  const guest = String(args.guest ?? '');
  const isName = /^[a-z0-9][a-z0-9-]{0,62}$/.test(guest);
  if (command === 'settings.show') return '#/settings';
  if (command === 'console.read' && isName) return `#/guest/${guest}/console`;
  if (command === 'guest.usage' && isName) return `#/guest/${guest}/overview`;
  return undefined;
}

function badLine(fault: string): ErrorBody {
  return {
    code: 'BAD_REQUEST',
    message: fault,
    next: 'Help has a page with all commands and what they take.',
    details: {},
  };
}

function unknownCommand(command: string): ErrorBody {
  return {
    code: 'UNKNOWN_COMMAND',
    message: `This desktop does not know the command ${command}.`,
    next: 'Reload the page: RayOS is newer than it.',
    details: { command },
  };
}
