// `window.rayos`: what this page shows, for tests and benches. Read-only; it can do nothing that the
// page could not.

import type { Pixels, ViewerStats } from './messages.ts';
import type { Viewer } from './viewer.ts';

type Inspected = {
  readonly viewer: Viewer;
  readonly width: () => number;
  readonly height: () => number;
  readonly stats: () => ViewerStats;
  readonly connected: () => boolean;
  readonly samples: () => HeardSound | undefined;
};

/** What came out of a guest's loudspeaker last: mono, -1 to 1. */
type HeardSound = { readonly rate: number; readonly samples: number[] };

type SurfaceReport = ViewerStats & {
  readonly surface: string;
  readonly width: number;
  readonly height: number;
  readonly connected: boolean;
};

/** Diagnostics of the desktop; coordinates are guest pixels. */
export type Diagnostics = {
  /** Every window: its surface's size, whether its socket is open, and what it has drawn. */
  readonly surfaces: () => readonly SurfaceReport[];
  /** The pixels that are on the window's canvas now, RGBA in rows. */
  readonly pixels: (surface: string, x: number, y: number, w: number, h: number) => Promise<Pixels>;
  /**
   * Resolves with the time (ms since the epoch, comparable with `performance.timeOrigin +
   * performance.now()`) at which this pixel next changes, taken in the worker right after the paint.
   */
  readonly probe: (surface: string, x: number, y: number) => Promise<number>;
  /** The last third of a second of what the window plays, before its volume; undefined while it is mute. */
  readonly sound: (surface: string) => HeardSound | undefined;
};

declare global {
  interface Window {
    readonly rayos: Diagnostics;
  }
}

const inspected = new Map<string, Inspected>();

/** Makes a window visible to diagnostics; returns how to take it out again. */
export function inspect(surface: string, window: Inspected): () => void {
  inspected.set(surface, window);
  return () => {
    if (inspected.get(surface) === window) inspected.delete(surface);
  };
}

/** Puts `window.rayos` in place. */
export function exposeDiagnostics(): void {
  const of = (surface: string): Viewer => {
    const found = inspected.get(surface);
    if (!found) throw new RangeError(`no window shows surface ${surface}`);
    return found.viewer;
  };
  const diagnostics: Diagnostics = {
    surfaces: () =>
      [...inspected].map(([surface, w]) => ({
        ...w.stats(),
        surface,
        width: w.width(),
        height: w.height(),
        connected: w.connected(),
      })),
    pixels: async (surface, x, y, w, h) => of(surface).pixels(x, y, w, h),
    probe: async (surface, x, y) => of(surface).probe(x, y),
    sound: (surface) => inspected.get(surface)?.samples(),
  };
  Object.defineProperty(window, 'rayos', { value: Object.freeze(diagnostics) });
}
