// Guests that do not run, or are not ready, in words: somebody waited for one that was, or one ended that
// nobody wanted to end.

import { RayError } from '../contracts/index.ts';
import { type Places, tailOf } from './places.ts';
import type { GuestRow } from './registry.ts';

export function notRunning(row: GuestRow): RayError {
  return new RayError('GUEST_NOT_RUNNING', `${row.title} is not running`, { guest: row.name });
}

/** What is known of a guest that ended unexpectedly. */
export function diedError(row: GuestRow, { qemuLog }: Pick<Places, 'qemuLog'>): RayError {
  const last = tailOf(qemuLog).trim().split('\n').at(-1) ?? '';
  const said = last === '' ? 'QEMU said nothing' : `QEMU's last words: ${last.slice(0, 300)}`;
  return new RayError('GUEST_DIED', `${row.title} ended unexpectedly; ${said}`, {
    guest: row.name,
    logFile: qemuLog,
  });
}

/** Why a guest that somebody waits for has ended; `now` is what stands in its row. */
export function endedEarly(row: GuestRow, now: GuestRow | undefined, places: Places): RayError {
  if (now?.state === 'failed') return diedError(row, places);
  return new RayError('GUEST_NOT_RUNNING', `${row.title} was stopped while it started`, {
    guest: row.name,
  });
}

export function notReadyError(
  row: GuestRow,
  waitedMs: number,
  { serialLog }: Pick<Places, 'serialLog'>,
): RayError {
  return new RayError(
    'GUEST_NOT_READY',
    `${row.title} runs, but its desktop has not reported within ${waitedMs / 1000} s`,
    { guest: row.name, logFile: serialLog },
  );
}
