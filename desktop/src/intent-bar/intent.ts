// One intent from words to observation: what it means, whether it ran, what was seen.

import { createSignal } from 'solid-js';
import {
  type CommandArguments,
  type CommandName,
  type ErrorBody,
  isCommandName,
} from '../../../src/contracts/index.ts';
import type { DesktopModel } from '../desktop/model.ts';
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
    }
  | { readonly step: 'declined'; readonly meaning: Meaning }
  | { readonly step: 'failed'; readonly meaning?: Meaning; readonly error: ErrorBody };

export function createIntent(desktop: DesktopModel) {
  const [progress, setProgress] = createSignal<Progress>({ step: 'nothing' });

  /** Resolves and runs what was typed; true when it was done. */
  const submit = async (text: string): Promise<Progress> => {
    setProgress({ step: 'understanding' });
    const resolved = await desktop.run('intent.resolve', { text });
    if (resolved.kind === 'declined') return setProgress({ step: 'nothing' });
    if (resolved.kind === 'failed') return setProgress({ step: 'failed', error: resolved.error });
    const { command, summary, arguments: args } = resolved.result;
    if (!isCommandName(command))
      return setProgress({ step: 'failed', error: unknownCommand(command) });
    const meaning: Meaning = { command, summary, arguments: args };
    setProgress({ step: 'running', meaning });
    return setProgress(await carryOut(meaning));
  };

  const carryOut = async (meaning: Meaning): Promise<Progress> => {
    // An endless answer has no place here: the desktop has heard the same markers itself.
    if (meaning.command === 'log.markers') return { step: 'done', meaning, told: heard() };
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

function unknownCommand(command: string): ErrorBody {
  return {
    code: 'UNKNOWN_COMMAND',
    message: `This desktop does not know the command ${command}.`,
    next: 'Reload the page: RayOS is newer than it.',
    details: { command },
  };
}
