// Guests that do not run, in words: somebody wanted one that does, or one ended that nobody wanted to end.

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
