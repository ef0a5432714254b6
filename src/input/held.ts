// Which keys and buttons are down, and who holds them. A key is pressed in the guest when the first
// holder presses it and released when the last one lets go; so two viewers cannot leave a key stuck.

import type { InputEvent } from './events.ts';

type Touch = Extract<InputEvent, { kind: 'touch' }>;
/** A key, a button, or a finger that comes or goes. */
export type Switch = Extract<InputEvent, { down: boolean }> | Touch;

export class Held<Holder> {
  readonly #down = new Map<string, { readonly event: Switch; readonly holders: Set<Holder> }>();

  /** Notes that `holder` did `event`; true when the guest has to hear of it. */
  apply(holder: Holder, event: Switch): boolean {
    const name = nameOf(event);
    const entry = this.#down.get(name);
    if (isDown(event)) {
      if (entry === undefined) this.#down.set(name, { event, holders: new Set([holder]) });
      else entry.holders.add(holder);
      return entry === undefined;
    }
    if (!entry?.holders.delete(holder) || entry.holders.size > 0) return false;
    this.#down.delete(name);
    return true;
  }

  /** The releases that `holder` owes, latest press first. Apply each as it is sent. */
  releasesOf(holder: Holder): Switch[] {
    return [...this.#down.values()]
      .filter((entry) => entry.holders.has(holder))
      .map(({ event }) => released(event))
      .reverse();
  }

  /** How many keys and buttons are down in the guest. */
  get size(): number {
    return this.#down.size;
  }
}

/** True for what is down until it is let go. */
export function isSwitch(event: InputEvent): event is Switch {
  if (event.kind === 'touch') return event.phase !== 'update';
  return event.kind === 'key' || event.kind === 'button';
}

function isDown(event: Switch): boolean {
  return event.kind === 'touch' ? event.phase === 'begin' : event.down;
}

/** A finger that nobody lifts any more has touched nothing. */
function released(event: Switch): Switch {
  return event.kind === 'touch' ? { ...event, phase: 'cancel' } : { ...event, down: false };
}

function nameOf(event: Switch): string {
  if (event.kind === 'touch') return `finger ${event.slot}`;
  return event.kind === 'key' ? `key ${event.qnum}` : `button ${event.button}`;
}
