// Where windows snap to: a cell is a part of the work area in shares of it, so that a snapped window
// keeps its place when the viewport or the size of text changes.

import { clamp, type Rect } from './geometry.ts';

/** Left, top, width and height in shares of the work area, 0 to 1. */
export type Cell = Rect;

const cell = (x: number, y: number, width: number, height: number): Cell => ({
  x,
  y,
  width,
  height,
});

export const whole = cell(0, 0, 1, 1);

/** Halves and quarters by the number key that lies there on a number pad. */
export const cells: Readonly<Record<string, Cell>> = {
  7: cell(0, 0, 0.5, 0.5),
  8: cell(0, 0, 1, 0.5),
  9: cell(0.5, 0, 0.5, 0.5),
  4: cell(0, 0, 0.5, 1),
  6: cell(0.5, 0, 0.5, 1),
  1: cell(0, 0.5, 0.5, 0.5),
  2: cell(0, 0.5, 1, 0.5),
  3: cell(0.5, 0.5, 0.5, 0.5),
};

/** So near to an edge the pointer must come; corners reach further along the edge. */
const edgePx = 14;
const cornerPx = 120;

/** The cell that a window dropped at this point takes; undefined where it stays free. */
export function cellAt(x: number, y: number, area: Rect): Cell | undefined {
  const left = x - area.x;
  const top = y - area.y;
  const corner = Math.min(cornerPx, area.height / 4);
  const side = left <= edgePx ? 'left' : left >= area.width - edgePx ? 'right' : undefined;
  if (side) {
    const [up, down, all] = side === 'left' ? ['7', '1', '4'] : ['9', '3', '6'];
    return cells[top <= corner ? up : top >= area.height - corner ? down : all];
  }
  if (top > edgePx) return undefined;
  if (left <= corner) return cells[7];
  return left >= area.width - corner ? cells[9] : whole;
}

/** The pixels of a cell: neighbours share their edge, whatever the size of the area. */
export function cellRect(of: Cell, area: Rect): Rect {
  // Thirds do not add up exactly: neighbours must still come to the same whole pixel.
  const at = (share: number, length: number) =>
    Math.round(Number((clamp(share, 0, 1) * length).toFixed(3)));
  const left = at(of.x, area.width);
  const top = at(of.y, area.height);
  return {
    x: area.x + left,
    y: area.y + top,
    width: at(of.x + of.width, area.width) - left,
    height: at(of.y + of.height, area.height) - top,
  };
}

/** Cells for n windows side by side: as square a grid as the area allows, the last row filled. */
export function tiles(n: number, area: Rect): Cell[] {
  if (n <= 0) return [];
  const aspect = area.width / Math.max(1, area.height);
  const columns = clamp(Math.round(Math.sqrt((n * aspect) / 1.5)), 1, n);
  const rows = Math.ceil(n / columns);
  return Array.from({ length: n }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = row < rows - 1 ? columns : n - columns * (rows - 1);
    return cell((i % columns) / inRow, row / rows, 1 / inRow, 1 / rows);
  });
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * What a chord with an arrow does: halves first, a half becomes a quarter, up and up again fills
 * everything; back from a cell towards where there is nothing restores (undefined).
 */
export function stepped(now: Cell | undefined, to: Direction): Cell | undefined {
  if (!now) return { left: cells[4], right: cells[6], up: whole, down: undefined }[to];
  const half = now.width === 0.5 && now.height === 1;
  const quarter = now.width === 0.5 && now.height === 0.5;
  if (to === 'left' || to === 'right') {
    if (!quarter && !half) return to === 'left' ? cells[4] : cells[6];
    const atSide = to === 'left' ? now.x === 0 : now.x === 0.5;
    return atSide ? (half ? now : { ...now, y: 0, height: 1 }) : { ...now, x: 0.5 - now.x };
  }
  if (half) return { ...now, y: to === 'up' ? 0 : 0.5, height: 0.5 };
  if (quarter) {
    const atEdge = to === 'up' ? now.y === 0 : now.y === 0.5;
    return atEdge ? (to === 'up' ? whole : undefined) : { ...now, y: 0, height: 1 };
  }
  return to === 'up' ? whole : undefined;
}

export function isWhole(of: Cell | undefined): boolean {
  return of !== undefined && of.x === 0 && of.y === 0 && of.width === 1 && of.height === 1;
}

export function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  return a?.x === b?.x && a?.y === b?.y && a?.width === b?.width && a?.height === b?.height;
}
