// After a start of RayOS: guests that RayOS suspended go on, those that were on screen are again, and those
// that start with RayOS do. Each through the one door, and none holds the others or the start up.

import { asRayError } from '../contracts/index.ts';
import type { Dispatch } from '../dispatch/index.ts';
import type { Guests } from '../guests/index.ts';
import type { Recorder } from '../log/index.ts';

export async function restoreGuests(
  dispatch: Pick<Dispatch, 'run'>,
  guests: Pick<Guests, 'toRestore'>,
  recorder: Pick<Recorder, 'record'>,
  signal: AbortSignal,
): Promise<void> {
  const context = { actor: { kind: 'person', name: 'person:start' } as const, signal };
  await Promise.all(
    guests.toRestore().map(async ({ name, present }) => {
      const command = present ? 'guest.present' : 'guest.start';
      try {
        await dispatch.run({ command, arguments: { guest: name } }, context);
      } catch (thrown) {
        const { code, message } = asRayError(thrown);
        if (!signal.aborted)
          recorder.record('error', 'guests', `${name} is not back`, { code, message });
      }
    }),
  );
}
