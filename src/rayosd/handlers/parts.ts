// What every group of handlers is given, and how they find guests.

import type { Help } from '../../cognition/help/help.ts';
import { resolveGuest } from '../../cognition/index.ts';
import type { Guest, Probe, Status } from '../../contracts/index.ts';
import type { Audit } from '../../dispatch/index.ts';
import type { Sessions } from '../../gateway/index.ts';
import type { Guests, Surroundings } from '../../guests/index.ts';
import type { Recorder } from '../../log/index.ts';
import type { Presentation } from '../../presentation/index.ts';
import type { SettingsStore } from '../../settings/index.ts';
import type { Boot } from '../boot.ts';
import type { StateSource } from '../streams.ts';

export type HandlerParts = {
  readonly boot: Boot;
  readonly guests: Guests;
  readonly surroundings: Surroundings;
  readonly settings: SettingsStore;
  readonly help: Help;
  readonly presentation: Presentation;
  readonly recorder: Recorder;
  readonly sessions: Sessions;
  readonly audit: Audit;
  readonly state: StateSource;
  status(): Status;
  probe(options: { readonly fresh: boolean; readonly signal: AbortSignal }): Promise<Probe>;
  /** The address that browsers open, once the gateway listens. */
  address(): string;
  shutdown(reason: string): void;
};

/** Guests as people see them: with whether and where they are presented. */
export function guestsWithSurfaces({
  guests,
  presentation,
}: Pick<HandlerParts, 'guests' | 'presentation'>): Guest[] {
  const surfaces = new Map(
    presentation
      .surfaces()
      .filter(({ head }) => head === 0)
      .map((surface) => [surface.guest, surface.id]),
  );
  return guests.list().map((guest) => {
    const surface = surfaces.get(guest.name);
    return surface === undefined ? guest : { ...guest, presented: true, surface };
  });
}

export type Finders = {
  /** All guests, as people see them. */
  list(): Guest[];
  /** The id of the guest that a person means. Throws GUEST_UNKNOWN, GUEST_AMBIGUOUS. */
  idOf(reference: string): string;
  /** A guest as people see it. */
  seen(id: string): Guest;
};

export function findersOf(parts: HandlerParts): Finders {
  const list = () => guestsWithSurfaces(parts);
  return {
    list,
    idOf: (reference) => resolveGuest(reference, list()).id,
    seen: (id) => list().find((guest) => guest.id === id) ?? parts.guests.summary(id),
  };
}
