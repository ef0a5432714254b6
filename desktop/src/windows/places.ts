// Where windows were, kept in this browser. What cannot be read is as good as nothing.

import type { Rect } from './geometry.ts';
import { type Cell, whole } from './snap.ts';

export type Place = {
  /** Without a rectangle, the window stands where RayOS puts it. */
  readonly rect?: Rect | undefined;
  readonly cell?: Cell | undefined;
  readonly minimized?: boolean;
  /** Place in the stack, from the back. */
  readonly order?: number;
};

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
  return Object.fromEntries(
    Object.entries(stored).flatMap(([surface, value]) => {
      const place = placeOf(value);
      return place ? [[surface, place]] : [];
    }),
  );
}

function placeOf(value: unknown): Place | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { rect, cell, minimized, order, maximized } = value as Record<string, unknown>;
  if (rect !== undefined && !isRect(rect)) return undefined;
  if (cell !== undefined && !isCell(cell)) return undefined;
  return {
    ...(rect ? { rect } : {}),
    ...(cell ? { cell } : maximized === true ? { cell: whole } : {}),
    ...(minimized === true ? { minimized } : {}),
    ...(typeof order === 'number' && Number.isFinite(order) ? { order } : {}),
  };
}

function isRect(value: unknown): value is Rect {
  const { x, y, width, height } = (value ?? {}) as Partial<Rect>;
  return [x, y, width, height].every(Number.isFinite);
}

function isCell(value: unknown): value is Cell {
  if (!isRect(value)) return false;
  const { x, y, width, height } = value;
  return x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= 1.001 && y + height <= 1.001;
}
