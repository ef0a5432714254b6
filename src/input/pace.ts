// How fast input may go into a guest.

import { sleep } from '../foundation/clock.ts';
import type { InputEvent } from './events.ts';

/** Time as the queue needs it; tests bring their own. */
export type InputClock = {
  /** Milliseconds from any fixed point. */
  now(): number;
  wait(ms: number): Promise<void>;
};

export const systemClock: InputClock = { now: () => performance.now(), wait: (ms) => sleep(ms) };

/**
 * Milliseconds from one event to the next. A virtio input device holds 64 entries (two for a key, three
 * for a pointer) and drops what comes while it is full: 300 keys at once arrived as 2 to 19.
 */
export type Pace = { readonly switchMs: number; readonly pointerMs: number };

export const defaultPace: Pace = { switchMs: 5, pointerMs: 4 };

/** How long after `event` the next one may go. */
export function gapAfter(event: InputEvent, pace: Pace): number {
  return event.kind === 'key' || event.kind === 'button' ? pace.switchMs : pace.pointerMs;
}
