// Where windows are: pure arithmetic on rectangles in CSS pixels. A window's rectangle includes its
// title bar; its content is what is below. Every rectangle that leaves here has whole numbers, so that
// a guest shown 1:1 stays sharp, and a title bar that the pointer can reach.

export type Size = { readonly width: number; readonly height: number };
export type Rect = Size & { readonly x: number; readonly y: number };
export type Edge = 'n' | 's' | 'e' | 'w' | 'ne' | 'nw' | 'se' | 'sw';

/** What windows may fill, and how high a title bar is there: both follow the size of text. */
export type WorkArea = Rect & { readonly bar: number };

export const titleBarHeight = 40;
/** Height that the dock keeps for itself at the bottom. */
export const dockHeight = 80;
export const smallest: Size = { width: 360, height: 240 + titleBarHeight };

const margin = 24;
const cascade = 32;
/** Within so many pixels of the guest's own size, a resized window takes exactly that size. */
const snapDistance = 10;

/** The part of the viewport that windows may fill; `scale` is that of text and controls. */
export function workArea(viewport: Size, scale = 1): WorkArea {
  const dock = Math.round(dockHeight * scale);
  return {
    x: 0,
    y: 0,
    width: viewport.width,
    height: Math.max(0, viewport.height - dock),
    bar: Math.round(titleBarHeight * scale),
  };
}

/** The size of a window that shows `surface` 1:1 below a title bar of this height. */
export function exactSize(surface: Size, bar: number = titleBarHeight): Size {
  return { width: surface.width, height: surface.height + bar };
}

/** The room below the title bar. */
export function contentOf(rect: Rect, bar: number): Size {
  return { width: rect.width, height: Math.max(0, rect.height - bar) };
}

/** Where the n-th new window appears: centred, 1:1 if it fits, else as large as fits. */
export function firstRect(surface: Size, area: WorkArea, n: number): Rect {
  const room = {
    width: Math.max(1, area.width - 2 * margin),
    height: Math.max(1, area.height - area.bar - margin - margin / 2),
  };
  const scale = Math.min(1, room.width / surface.width, room.height / surface.height);
  const width = Math.max(smallest.width, Math.round(surface.width * scale));
  const height = Math.max(smallest.height, Math.round(surface.height * scale) + area.bar);
  const shift = (n % 6) * cascade;
  // The cascade ends at the edges: a new window is seen whole where it fits at all.
  const spare = { x: Math.max(0, area.width - width), y: Math.max(0, area.height - height) };
  return keepReachable(
    {
      x: area.x + Math.min(spare.x / 2 + shift, spare.x),
      y: area.y + Math.min(spare.y / 2 + shift, spare.y),
      width,
      height,
    },
    area,
  );
}

/** The content of a page that wants `size` at a text scale of 1: what of it there is room for. */
export function pageSize(size: Size, area: WorkArea, scale: number): Size {
  return {
    width: Math.min(size.width * scale, Math.max(1, area.width - 2 * margin)),
    height: Math.min(size.height * scale, Math.max(1, area.height - area.bar - 1.5 * margin)),
  };
}

/** The nearest rectangle with whole numbers that is whole in the work area and not too small. */
export function keepReachable(rect: Rect, area: Rect): Rect {
  const width = Math.round(Math.max(smallest.width, Math.min(rect.width, area.width)));
  const height = Math.round(Math.max(smallest.height, Math.min(rect.height, area.height)));
  return {
    x: Math.round(clamp(rect.x, area.x, Math.max(area.x, area.x + area.width - width))),
    y: Math.round(clamp(rect.y, area.y, Math.max(area.y, area.y + area.height - height))),
    width,
    height,
  };
}

export function moved(rect: Rect, dx: number, dy: number, area: Rect): Rect {
  return keepReachable({ ...rect, x: rect.x + dx, y: rect.y + dy }, area);
}

/**
 * The rectangle after its edge was dragged by dx, dy: the opposite edge stays. It snaps to `exact`
 * (the guest's own size) when it comes near, so that 1:1 is easy to hit; a side that is near it
 * already is not held there, so that a window may also be made a little smaller than its guest.
 */
export function resized(
  rect: Rect,
  edge: Edge,
  dx: number,
  dy: number,
  area: Rect,
  exact?: Size,
): Rect {
  const west = edge.includes('w');
  const north = edge.includes('n');
  const right = rect.x + rect.width;
  const bottom = rect.y + rect.height;
  let width = rect.width + (west ? -dx : edge.includes('e') ? dx : 0);
  let height = rect.height + (north ? -dy : edge.includes('s') ? dy : 0);
  if (exact && nears(rect.width, width, exact.width)) width = exact.width;
  if (exact && nears(rect.height, height, exact.height)) height = exact.height;
  const roomUp = north ? bottom - area.y : area.height;
  width = clamp(width, smallest.width, area.width);
  height = clamp(height, smallest.height, Math.max(smallest.height, roomUp));
  return keepReachable(
    { x: west ? right - width : rect.x, y: north ? bottom - height : rect.y, width, height },
    area,
  );
}

/** Whether a length comes near another one that it was not near before. */
function nears(was: number, now: number, exact: number): boolean {
  return Math.abs(was - exact) > snapDistance && Math.abs(now - exact) <= snapDistance;
}

/** Grown or shrunk around its own top left by keyboard. */
export function grown(rect: Rect, dx: number, dy: number, area: Rect, exact?: Size): Rect {
  return resized(rect, 'se', dx, dy, area, exact);
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
