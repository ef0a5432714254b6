// A form that runs commands: whether one is under way, and what came of the last one, in words. One at a
// time: its buttons are dimmed meanwhile, never disabled, for what is disabled drops the focus.

import { createSignal } from 'solid-js';
import type { CommandArguments, CommandName, CommandResult } from '../../../src/contracts/index.ts';
import { sentence } from '../api/sentence.ts';
import type { DesktopModel } from '../desktop/model.ts';

export type Doing = ReturnType<typeof createDoing>;

export function createDoing({ run }: DesktopModel) {
  const [busy, setBusy] = createSignal(false);
  const [fault, setFault] = createSignal('');
  const [done, setDone] = createSignal('');
  return {
    busy,
    fault,
    done,
    setFault,
    /** Runs a command; its result when it was done. `words` say that it was. */
    run: async <N extends CommandName>(
      name: N,
      args: CommandArguments<N>,
      words?: (result: CommandResult<N>) => string,
    ): Promise<CommandResult<N> | undefined> => {
      if (busy()) return undefined;
      setBusy(true);
      setFault('');
      setDone('');
      const outcome = await run(name, args);
      setBusy(false);
      if (outcome.kind === 'failed')
        setFault(`${sentence(outcome.error.message)} ${outcome.error.next}`);
      if (outcome.kind === 'declined') setDone('Left as it is. Nothing was done.');
      if (outcome.kind !== 'done') return undefined;
      setDone(words?.(outcome.result) ?? '');
      return outcome.result;
    },
  };
}
