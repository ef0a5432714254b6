// What a person writes for a guest, and which guest that is: its name, id, title, or a beginning of one
// of them that only one guest has.

import { RayError } from '../contracts/index.ts';

/** As much of a guest as is needed to recognise it. */
export type KnownGuest = { readonly name: string; readonly title: string; readonly id?: string };

export type FoundGuest<G extends KnownGuest> =
  | { readonly kind: 'one'; readonly guest: G }
  | { readonly kind: 'several'; readonly guests: readonly G[] }
  | { readonly kind: 'none' };

/** Ids are long and random: fewer letters of one are no reference to it. */
const shortestIdBeginning = 4;

/** Looks a reference up. What fits exactly beats what only begins so; case and spaces do not matter. */
export function findGuest<G extends KnownGuest>(
  reference: string,
  guests: readonly G[],
): FoundGuest<G> {
  const wanted = slug(reference);
  if (wanted === '') return { kind: 'none' };
  const byName = guests.filter((guest) => guest.name === wanted || idOf(guest) === wanted);
  if (byName.length > 0) return several(byName);
  const byTitle = guests.filter((guest) => slug(guest.title) === wanted);
  if (byTitle.length > 0) return several(byTitle);
  return several(
    guests.filter(
      (guest) =>
        guest.name.startsWith(wanted) ||
        slug(guest.title).startsWith(wanted) ||
        (wanted.length >= shortestIdBeginning && idOf(guest)?.startsWith(wanted)),
    ),
  );
}

/** The guest that is meant. Throws GUEST_UNKNOWN or GUEST_AMBIGUOUS, each naming what there is. */
export function resolveGuest<G extends KnownGuest>(reference: string, guests: readonly G[]): G {
  const found = findGuest(reference, guests);
  if (found.kind === 'one') return found.guest;
  throw guestError(reference, found, guests);
}

/** The error for a reference that names no guest, or more than one. */
export function guestError(
  reference: string,
  found: Exclude<FoundGuest<KnownGuest>, { kind: 'one' }>,
  guests: readonly KnownGuest[],
): RayError {
  const shown = reference.trim();
  if (found.kind === 'several') {
    const candidates = names(found.guests);
    return new RayError('GUEST_AMBIGUOUS', `"${shown}" could be more than one guest`, {
      reference: shown,
      candidates,
    });
  }
  return new RayError('GUEST_UNKNOWN', `there is no guest "${shown}"`, {
    reference: shown,
    known: names(guests) || 'none yet (make one: rayos guest create NAME)',
  });
}

function several<G extends KnownGuest>(guests: readonly G[]): FoundGuest<G> {
  const [first, ...others] = guests;
  if (first === undefined) return { kind: 'none' };
  return others.length === 0 ? { kind: 'one', guest: first } : { kind: 'several', guests };
}

function names(guests: readonly KnownGuest[]): string {
  return guests.map((guest) => guest.name).join(', ');
}

function idOf(guest: KnownGuest): string | undefined {
  return guest.id === undefined ? undefined : slug(guest.id);
}

/** Letters and digits in lower case, everything between them one hyphen: "Linux Desktop" → linux-desktop. */
function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
}
