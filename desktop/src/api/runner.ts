// Runs a command of the table for a person: asks for consent where the daemon wants it, and tells what
// was observed.

import { createSignal } from 'solid-js';
import {
  type CommandArguments,
  type CommandName,
  type CommandResult,
  commandOf,
  type ErrorBody,
} from '../../../src/contracts/index.ts';
import type { Consent } from '../consent/consent.ts';
import { callCommand } from './client.ts';

export type Outcome<N extends CommandName = CommandName> =
  | { readonly kind: 'done'; readonly result: CommandResult<N> }
  | { readonly kind: 'failed'; readonly error: ErrorBody }
  | { readonly kind: 'declined' };

export type Runner = {
  readonly run: <N extends CommandName>(name: N, args: CommandArguments<N>) => Promise<Outcome<N>>;
  /** True while a command that names this guest is under way from here. */
  readonly busy: (guest: string) => boolean;
};

export function createRunner(consent: Consent, signedOut: () => void): Runner {
  const [running, setRunning] = createSignal<readonly string[]>([]);

  const attempt = async <N extends CommandName>(
    name: N,
    args: CommandArguments<N>,
  ): Promise<Outcome<N>> => {
    let token: string | undefined;
    for (;;) {
      const answer = await callCommand(name, args, token);
      if ('result' in answer) return { kind: 'done', result: answer.result };
      if (answer.error.code === 'NOT_SIGNED_IN') signedOut();
      // A plan that went stale comes back as a new plan: it is shown again, never agreed to silently.
      if (!answer.plan || !answer.consent) return { kind: 'failed', error: answer.error };
      if (!(await consent.ask(answer.plan, commandOf(name).danger))) return { kind: 'declined' };
      token = answer.consent;
    }
  };

  return {
    busy: (guest) => running().includes(guest),
    run: async (name, args) => {
      const guest = String((args as { guest?: unknown }).guest ?? '');
      setRunning((all) => [...all, guest]);
      try {
        return await attempt(name, args);
      } finally {
        setRunning((all) => all.toSpliced(all.indexOf(guest), 1));
      }
    },
  };
}
