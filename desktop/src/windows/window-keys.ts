// The keys of a title bar: everything that the pointer can do with a window, by keyboard alone.

import { exactSize, grown, moved, type Size } from './geometry.ts';
import { cells, type Direction, stepped } from './snap.ts';
import type { Windows } from './windows.ts';

const keyStep = 16;

type Of = {
  readonly id: string;
  /** Content size that a resize snaps to. */
  readonly exact: Size | undefined;
  readonly close: () => void;
  readonly fullScreen: () => void;
  readonly mute: () => void;
  readonly switcher: () => void;
};

/** What the keys dialog and the title bar's hint say. */
export const titleBarKeys: readonly (readonly [string, string])[] = [
  ['Enter', 'Give the guest the keyboard, or go into the page'],
  ['Arrow keys', 'Move the window (with Ctrl: by a pixel)'],
  ['Shift+arrow keys', 'Resize the window'],
  ['Escape', 'Put it back to where it was'],
  ['1 … 9', 'Snap to the half or quarter that lies there on a number pad; 5 sets it free'],
  ['M', 'Maximize or restore'],
  ['N', 'Minimize'],
  ['F', 'Full screen'],
  ['T', 'Tile all windows'],
  ['W', 'Choose among the windows'],
  ['S', 'Sound off or on'],
  ['H', 'Close; a guest is hidden and runs on'],
  ['Shift+F10', 'The window’s menu'],
];

/** Handles a key on the title bar; true when it was one of its own. */
export function titleBarKey(event: KeyboardEvent, windows: Windows, of: Of): boolean {
  if (event.altKey || event.metaKey) return false;
  const { id } = of;
  const window = windows.get(id);
  if (!window) return false;
  const direction = arrowOf(event.key);
  if (direction && event.ctrlKey && event.shiftKey) return false;
  if (direction) {
    const [x, y] = vectors[direction];
    const step = event.ctrlKey ? 1 : keyStep;
    const area = windows.area();
    const rect = windows.rectOf(window);
    const exact = of.exact && !event.ctrlKey ? exactSize(of.exact, area.bar) : undefined;
    windows.setRect(
      id,
      event.shiftKey
        ? grown(rect, x * step, y * step, area, exact)
        : moved(rect, x * step, y * step, area),
    );
    return true;
  }
  if (event.ctrlKey) return false;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit && !event.shiftKey) {
    windows.setCell(id, cells[digit]);
    return true;
  }
  const act = {
    enter: () => windows.enter(id),
    m: () => windows.toggleMaximized(id),
    n: () => windows.setMinimized(id, true),
    f: of.fullScreen,
    t: windows.tile,
    w: of.switcher,
    s: of.mute,
    h: of.close,
  }[event.key.toLowerCase()];
  act?.();
  return act !== undefined;
}

/** Ctrl+Shift+arrow: walks the front window through its cells; down from freedom minimizes it. */
export function snapStep(windows: Windows, id: string, to: Direction): void {
  const window = windows.get(id);
  if (!window) return;
  if (to === 'down' && !window.cell) windows.setMinimized(id, true);
  else windows.setCell(id, stepped(window.cell, to));
}

export function arrowOf(key: string): Direction | undefined {
  return { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' }[key] as
    | Direction
    | undefined;
}

const vectors: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};
