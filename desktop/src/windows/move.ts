// Moving a window by its title bar: it comes loose from its cell under the pointer, and snaps where it
// is let go at an edge.

import type { Motion } from './drag.ts';
import { moved, type Rect } from './geometry.ts';
import { cellAt } from './snap.ts';
import type { Windows } from './windows.ts';

/** So far the pointer may tremble before a snapped window leaves its cell. */
const threshold = 8;

/** What a drag of the title bar that began with `press` does. */
export function moving(windows: Windows, id: string, press: PointerEvent): Motion | undefined {
  const window = windows.get(id);
  if (!window || windows.full() === id) return undefined;
  const before = { rect: window.rect, cell: window.cell };
  let start: Rect | undefined = window.cell ? undefined : windows.rectOf(window);
  let went = false;
  return {
    to: (dx, dy, at) => {
      if (!start) {
        if (Math.hypot(dx, dy) < threshold) return;
        const full = windows.rectOf(window);
        windows.setCell(id, undefined);
        const free = windows.rectOf(window);
        // The pointer stays over the same share of the title bar.
        const share = (press.clientX - full.x) / full.width;
        start = { ...free, x: press.clientX - share * free.width, y: full.y };
      }
      went = true;
      windows.setRect(id, moved(start, dx, dy, windows.area()));
      windows.setPreview(cellAt(at.clientX, at.clientY, windows.area()));
    },
    end: (cancelled) => {
      const cell = windows.preview();
      windows.setPreview(undefined);
      if (cancelled && went) windows.restore(id, before);
      else if (cell && went) windows.snap(id, cell, before);
    },
  };
}
