// The prompt as the installed machine's own console (RAYOS_CONSOLE is set): it waits for rayosd and shows how
// things are.

import { asRayError, type RayError } from '../../contracts/errors.ts';
import { sleep } from '../../foundation/clock.ts';
import type { Shell } from '../shell.ts';
import { reportError } from '../terminal/report.ts';
import { print, tell } from '../terminal/terminal.ts';
import { consoleScreen, lookAround, type Seen } from './console-screen.ts';

const startMs = 120_000;
const askMs = 5000;
const retryMs = 1000;

export function isConsole(env: NodeJS.ProcessEnv = process.env): boolean {
  return (env.RAYOS_CONSOLE ?? '') !== '';
}

/** Shows the screen once rayosd answers, or why it does not show it to this person. */
export async function greetOnConsole(shell: Shell): Promise<void> {
  const { terminal } = shell;
  try {
    print(terminal, ...consoleScreen(await seenAtLast(shell), terminal.errorStyle));
  } catch (thrown) {
    const error = asRayError(thrown);
    if (!isAway(error)) return void reportError(terminal, error, { json: false });
    tell(
      terminal,
      'RayOS does not answer. It is started again by itself, and after three boots that fail the machine',
      'goes back to the version before. `status` asks again.',
    );
  }
}

/** Waits for a rayosd that is being started. Throws its refusal, or the last error when the time is over. */
async function seenAtLast({ terminal, client }: Shell): Promise<Seen> {
  const from = performance.now();
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await lookAround(client, AbortSignal.timeout(askMs));
    } catch (thrown) {
      if (!isAway(asRayError(thrown)) || performance.now() - from >= startMs) throw thrown;
      if (isFirst) tell(terminal, '', 'RayOS is starting ...');
      await sleep(retryMs);
    }
  }
}

/** No rayosd, or no answer within the time for one: any other error is an answer. */
export function isAway({ code }: RayError): boolean {
  return code === 'NOT_RUNNING' || code === 'CANCELLED';
}
