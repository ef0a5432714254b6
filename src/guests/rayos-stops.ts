// What becomes of a guest when RayOS stops: it is saved, or stopped in an orderly way; or its QEMU outlives
// RayOS, where that saves what it has in memory.

import { asRayError, RayError } from '../contracts/index.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';

/** What is asked of guests then. */
export type Stoppable = {
  row(id: string): GuestRow;
  running(id: string): RunningGuest | undefined;
  resume(id: string, signal: AbortSignal): Promise<void>;
  suspend(id: string, wake: boolean): Promise<void>;
  stop(id: string): Promise<unknown>;
  kill(id: string): Promise<void>;
};

/** Tells the log of a fault that no caller hears of. */
type Report = (what: string, error: RayError) => void;

/** Saves it, to go on when RayOS starts again; else it is stopped, and one that does not stop either runs on. */
export async function suspendLast(guests: Stoppable, id: string, report: Report): Promise<void> {
  try {
    await guests.suspend(id, true);
  } catch (thrown) {
    report(`${guests.row(id).title} could not be suspended`, asRayError(thrown));
    await stopLast(guests, id, false, report);
  }
}

/**
 * Stops it in an orderly way, one that is paused too, and by force where that may be. One that waits for room
 * on its disk runs on: what it could not write is in its memory alone.
 */
export async function stopLast(
  guests: Stoppable,
  id: string,
  mayKill: boolean,
  report: Report,
): Promise<void> {
  const guest = guests.running(id);
  if (guest === undefined) return;
  try {
    if (guest.stopReason !== undefined) throw new RayError('GUEST_CANNOT', guest.stopReason);
    if (guests.row(id).state === 'paused') await guests.resume(id, new AbortController().signal);
    await guests.stop(id);
  } catch (thrown) {
    if (guests.running(id) !== guest) return;
    if (mayKill && guest.stopReason === undefined) return await guests.kill(id);
    report(`${guests.row(id).title} runs on without RayOS`, asRayError(thrown));
  }
}
