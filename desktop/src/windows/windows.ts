// The windows of the desktop: one for each screen of a presented guest and one for each open page, their
// places, their order, and which of them is in front. Places are remembered in this browser.

import { createSignal } from 'solid-js';
import { createStore, produce } from 'solid-js/store';
import type { Surface } from '../../../src/contracts/index.ts';
import {
  contentOf,
  firstRect,
  keepReachable,
  pageSize,
  type Rect,
  type Size,
  type WorkArea,
  workArea,
} from './geometry.ts';
import { type Place, readPlaces, writePlaces } from './places.ts';
import { type Cell, cellRect, isWhole, tiles, whole } from './snap.ts';

export type WindowState = {
  readonly id: string;
  /** Size of its content: of the guest's screen, as far as it is known. */
  size: Size;
  /** Where a person put it; until then it stands in its slot, sized for the guest and this viewport. */
  rect: Rect | undefined;
  readonly slot: number;
  /** The part of the work area that it is snapped to; its `rect` waits for its return. */
  cell: Cell | undefined;
  minimized: boolean;
  /** Order from back to front. */
  order: number;
};

/** What a window's view lets others do with its focus. */
export type Handle = {
  /** Gives the guest the keyboard, or the page the focus. */
  readonly enter: () => void;
  /** Puts the focus on the title bar: the keyboard belongs to RayOS. */
  readonly leave: () => void;
};

const fallbackSize: Size = { width: 1280, height: 800 };
const saveAfterMs = 200;
/** Window ids of pages; all others are surfaces. */
export const pagePrefix = 'page:';

export type Windows = ReturnType<typeof createWindows>;

/** `scale` is that of text and controls; `follows`: whether guests take the size of their windows. */
export function createWindows(scale: () => number, follows: () => boolean) {
  const [windows, setWindows] = createStore<Record<string, WindowState>>({});
  const [viewport, setViewport] = createSignal<Size>(viewportSize());
  const [front, setFront] = createSignal<string>();
  const [keyboard, setKeyboard] = createSignal<string>();
  const [full, setFull] = createSignal<string>();
  const [preview, setPreview] = createSignal<Cell>();
  const handles = new Map<string, Handle>();
  const wanted = new Set<string>();
  const places: Record<string, Place> = readPlaces();
  let order = Math.max(0, ...Object.values(places).map((place) => place.order ?? 0));
  let saving: ReturnType<typeof setTimeout> | undefined;

  const area = (): WorkArea => workArea(viewport(), scale());
  const remember = (id: string) => {
    const window = windows[id];
    if (!window) return;
    const { rect, cell, minimized, order } = window;
    places[id] = { rect, cell, minimized, order };
    // A drag changes the place sixty times a second; the store on disk need not follow it.
    clearTimeout(saving);
    saving = setTimeout(writePlaces, saveAfterMs, places);
  };
  addEventListener('pagehide', () => writePlaces(places));
  const change = (id: string, edit: (window: WindowState) => void) => {
    if (!windows[id]) return;
    setWindows(id, produce(edit));
    remember(id);
  };
  const opening = (id: string, size: Size, slot: number): WindowState => {
    const { rect, cell, minimized = false, order: was } = places[id] ?? {};
    // A guest that follows its window must not make the window follow it: the first place is kept.
    const keeps = follows() && !id.startsWith(pagePrefix);
    const place = rect ?? (keeps ? firstRect(size, area(), slot) : undefined);
    return { id, size, rect: place, slot, cell, minimized, order: was ?? ++order };
  };
  /** Where RayOS puts a window; a page is as large as its text makes it, and gives way to a small screen. */
  const natural = ({ id, size, slot }: WindowState): Rect =>
    firstRect(id.startsWith(pagePrefix) ? pageSize(size, area(), scale()) : size, area(), slot);
  const topmost = () =>
    Object.values(windows)
      .filter((w) => !w.minimized)
      .toSorted((a, b) => b.order - a.order)[0]?.id;
  const settle = () => {
    const now = windows[front() ?? ''];
    if (!now || now.minimized) setFront(topmost());
    if (!windows[keyboard() ?? '']) setKeyboard(undefined);
    if (full() !== undefined && !windows[full() ?? '']) setFull(undefined);
  };
  const raise = (id: string) => {
    const window = windows[id];
    if (!window || window.minimized) return;
    setFront(id);
    if (window.order === order) return;
    order++;
    setWindows(id, 'order', order);
    remember(id);
  };
  const setMinimized = (id: string, minimized: boolean) => {
    change(id, (w) => {
      w.minimized = minimized;
    });
    if (minimized && full() === id) setFull(undefined);
    if (minimized && keyboard() === id) setKeyboard(undefined);
    if (minimized) settle();
    else raise(id);
  };
  const enter = (id: string) => {
    if (windows[id]?.minimized) setMinimized(id, false);
    raise(id);
    const handle = handles.get(id);
    // After the window has been shown: what is hidden takes no focus.
    if (handle) queueMicrotask(handle.enter);
    else wanted.add(id);
  };
  const setCell = (id: string, cell: Cell | undefined) =>
    change(id, (w) => {
      w.cell = cell;
    });

  return {
    viewport,
    area,
    front,
    /** Surface whose guest has the keyboard; undefined when RayOS has it. */
    keyboard,
    setKeyboard,
    /** The window that fills the whole screen. */
    full,
    setFull,
    /** Where the window that is being dragged would snap to. */
    preview,
    setPreview,
    raise,
    enter,
    get: (id: string): WindowState | undefined => windows[id],
    /** Windows from front to back. */
    stacking: (): WindowState[] => Object.values(windows).toSorted((a, b) => b.order - a.order),
    resizeViewport: () => setViewport(viewportSize()),
    /** The rectangle on the screen now: the place, kept within reach of this viewport. */
    rectOf: (window: WindowState): Rect => {
      if (full() === window.id) return { x: 0, y: 0, ...viewport() };
      if (window.cell) return keepReachable(cellRect(window.cell, area()), area());
      return window.rect ? keepReachable(window.rect, area()) : natural(window);
    },
    /** The room below the title bar of a window that stands at `rect`; in full screen there is none. */
    roomOf: (id: string, rect: Rect): Size => contentOf(rect, full() === id ? 0 : area().bar),
    setRect: (id: string, rect: Rect) =>
      change(id, (w) => {
        w.rect = rect;
        w.cell = undefined;
      }),
    setCell,
    /** Snaps a window that was dragged there: when it comes loose it has the size that it had before. */
    snap: (id: string, cell: Cell, before: { readonly rect: Rect | undefined }) =>
      change(id, (w) => {
        w.rect = before.rect;
        w.cell = cell;
      }),
    /** Puts a window back to where it was. */
    restore: (
      id: string,
      before: { readonly rect: Rect | undefined; readonly cell: Cell | undefined },
    ) =>
      change(id, (w) => {
        w.rect = before.rect;
        w.cell = before.cell;
      }),
    setMinimized,
    isMaximized: (id: string) => isWhole(windows[id]?.cell),
    toggleMaximized: (id: string) => setCell(id, isWhole(windows[id]?.cell) ? undefined : whole),
    /** All windows side by side, those in front first; all free again when they stand so already. */
    tile: () => {
      const shown = Object.values(windows)
        .filter((w) => !w.minimized)
        .toSorted((a, b) => b.order - a.order);
      const grid = tiles(shown.length, area());
      for (const [i, { id }] of shown.entries()) setCell(id, grid[i]);
    },
    /** Takes every window out of the way; brings them back when all are. */
    showDesktop: () => {
      const shown = Object.values(windows).filter((w) => !w.minimized);
      for (const { id } of shown.length > 0 ? shown : Object.values(windows))
        setMinimized(id, shown.length > 0);
    },
    /** A view says how its focus is given; a window that was asked for before gets it now. */
    register: (id: string, handle: Handle) => {
      handles.set(id, handle);
      if (wanted.delete(id)) queueMicrotask(handle.enter);
      return () => void (handles.get(id) === handle && handles.delete(id));
    },
    leave: (id: string) => handles.get(id)?.leave(),
    /** Opens a window for a page where it was before, or does nothing when it is open. */
    open: (id: string, size: Size) => {
      if (windows[id]) return;
      setWindows(id, opening(id, size, freeSlot(windows)));
      setFront(topmost());
    },
    close: (id: string) => {
      setWindows(
        produce((all) => {
          delete all[id];
        }),
      );
      wanted.delete(id);
      settle();
    },
    /** Opens windows for new surfaces and closes those of surfaces that are gone; the new ones. */
    sync: (surfaces: readonly Surface[]): string[] => {
      const opened = surfaces.filter((s) => !windows[s.id]).map((s) => s.id);
      setWindows(
        produce((all) => {
          for (const id of Object.keys(all))
            if (!id.startsWith(pagePrefix) && !surfaces.some((s) => s.id === id)) delete all[id];
          for (const s of surfaces) {
            const size =
              s.width > 0 && s.height > 0 ? { width: s.width, height: s.height } : fallbackSize;
            const window = all[s.id];
            if (!window) all[s.id] = opening(s.id, size, freeSlot(all));
            else if (window.size.width !== size.width || window.size.height !== size.height)
              window.size = size;
          }
        }),
      );
      if (opened.length > 0) setFront(topmost());
      settle();
      return opened;
    },
  };
}

/** The first place in the cascade that no window stands in. */
function freeSlot(windows: Readonly<Record<string, WindowState>>): number {
  const taken = new Set(Object.values(windows).map((w) => w.slot));
  let slot = 0;
  while (taken.has(slot)) slot++;
  return slot;
}

function viewportSize(): Size {
  return { width: window.innerWidth, height: window.innerHeight };
}
