// Where windows were, kept in this browser. What cannot be read is as good as nothing.

import type { Rect } from './geometry.ts';

/** Without a rectangle, the window stands where RayOS puts it. */
export type Place = { readonly rect?: Rect | undefined; readonly maximized: boolean };

const key = 'rayos.windows';
const mostPlaces = 64;

export function readPlaces(): Record<string, Place> {
  try {
    return parsePlaces(JSON.parse(localStorage.getItem(key) ?? '{}'));
  } catch {
    return {};
  }
}

export function writePlaces(places: Readonly<Record<string, Place>>): void {
  try {
    localStorage.setItem(
      key,
      JSON.stringify(Object.fromEntries(Object.entries(places).slice(-mostPlaces))),
    );
  } catch {
    // A full or forbidden store costs the memory of places, nothing else.
  }
}

/** Only what has the shape of a place. */
export function parsePlaces(stored: unknown): Record<string, Place> {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(Object.entries(stored).filter(([, place]) => isPlace(place)));
}

function isPlace(value: unknown): value is Place {
  const { rect, maximized } = (value ?? {}) as { rect?: Partial<Rect>; maximized?: unknown };
  if (typeof maximized !== 'boolean') return false;
  return rect === undefined || [rect?.x, rect?.y, rect?.width, rect?.height].every(Number.isFinite);
}
