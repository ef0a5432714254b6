// How loud each guest is in this browser, and whether it is heard at all. Kept here: another browser is in
// another room.

import { createSignal } from 'solid-js';

export type Volume = { readonly muted: boolean; readonly percent: number };

const key = 'rayos.sound';
const usual: Volume = { muted: false, percent: 100 };
const [volumes, setVolumes] = createSignal<Readonly<Record<string, Volume>>>(remembered());

export function volumeOf(guest: string): Volume {
  return volumes()[guest] ?? usual;
}

export function toggleMute(guest: string): void {
  change(guest, { muted: !volumeOf(guest).muted });
}

/** Louder or softer by so many percent; a guest that was muted is heard again. */
export function turn(guest: string, by: number): void {
  const percent = Math.max(0, Math.min(100, volumeOf(guest).percent + by));
  change(guest, { percent, muted: false });
}

function change(guest: string, news: Partial<Volume>): void {
  const next = { ...volumes(), [guest]: { ...volumeOf(guest), ...news } };
  setVolumes(next);
  try {
    localStorage.setItem(key, JSON.stringify(next));
  } catch {
    // A full or forbidden store: it holds until the page is closed.
  }
}

function remembered(): Readonly<Record<string, Volume>> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return parseVolumes(stored);
  } catch {
    return {};
  }
}

/** Only what has the right shape. */
export function parseVolumes(stored: unknown): Readonly<Record<string, Volume>> {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(
    Object.entries(stored).filter(([, value]: [string, unknown]) => {
      const { muted, percent } = (value ?? {}) as Partial<Record<keyof Volume, unknown>>;
      return (
        typeof muted === 'boolean' && typeof percent === 'number' && percent >= 0 && percent <= 100
      );
    }),
  );
}
