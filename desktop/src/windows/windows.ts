// The windows of the desktop: one for each presented surface, their places, their order, and which of
// them is in front. Places are remembered for each surface in this browser.

import { createSignal } from 'solid-js';
import { createStore, produce } from 'solid-js/store';
import type { Surface } from '../../../src/contracts/index.ts';
import { firstRect, keepReachable, type Rect, type Size, workArea } from './geometry.ts';
import { readPlaces, writePlaces } from './places.ts';

export type WindowState = {
  readonly surface: string;
  /** Size of the guest's screen, as far as it is known. */
  size: Size;
  /** Where a person put it; until then it stands in its slot, sized for the guest and this viewport. */
  rect: Rect | undefined;
  readonly slot: number;
  maximized: boolean;
  /** Order from back to front. */
  order: number;
};

/** What a window's view lets others do with its focus. */
export type Handle = {
  /** Gives the guest the keyboard. */
  readonly enter: () => void;
  /** Puts the focus on the title bar: the keyboard belongs to RayOS. */
  readonly leave: () => void;
};

const fallbackSize: Size = { width: 1280, height: 800 };

export type Windows = ReturnType<typeof createWindows>;

export function createWindows() {
  const [windows, setWindows] = createStore<Record<string, WindowState>>({});
  const [viewport, setViewport] = createSignal<Size>(viewportSize());
  const [front, setFront] = createSignal<string>();
  const [keyboard, setKeyboard] = createSignal<string>();
  const handles = new Map<string, Handle>();
  const wanted = new Set<string>();
  const places = readPlaces();
  let order = 0;

  const area = () => workArea(viewport());
  const remember = (surface: string) => {
    const window = windows[surface];
    if (!window) return;
    places[surface] = { rect: window.rect, maximized: window.maximized };
    writePlaces(places);
  };
  const change = (surface: string, edit: (window: WindowState) => void) => {
    if (!windows[surface]) return;
    setWindows(surface, produce(edit));
    remember(surface);
  };
  const opening = (surface: string, size: Size, slot: number): WindowState => {
    const { rect, maximized = false } = places[surface] ?? {};
    return { surface, size, rect, slot, maximized, order: ++order };
  };
  const raise = (surface: string) => {
    if (!windows[surface]) return;
    setFront(surface);
    if (windows[surface].order === order) return;
    order++;
    setWindows(surface, 'order', order);
  };
  const enter = (surface: string) => {
    raise(surface);
    const handle = handles.get(surface);
    if (handle) handle.enter();
    else wanted.add(surface);
  };

  return {
    viewport,
    area,
    front,
    /** Surface whose guest has the keyboard; undefined when RayOS has it. */
    keyboard,
    setKeyboard,
    raise,
    enter,
    get: (surface: string) => windows[surface],
    /** Surfaces from back to front. */
    stacking: () =>
      Object.values(windows)
        .toSorted((a, b) => a.order - b.order)
        .map((w) => w.surface),
    resizeViewport: () => setViewport(viewportSize()),
    /** The rectangle on the screen now: the place, kept within reach of this viewport. */
    rectOf: (window: WindowState): Rect => {
      if (window.maximized) return area();
      return window.rect
        ? keepReachable(window.rect, area())
        : firstRect(window.size, area(), window.slot);
    },
    setRect: (surface: string, rect: Rect) =>
      change(surface, (w) => {
        w.rect = rect;
        w.maximized = false;
      }),
    toggleMaximized: (surface: string) =>
      change(surface, (w) => {
        w.maximized = !w.maximized;
      }),
    /** A view says how its focus is given; a window that was asked for before gets it now. */
    register: (surface: string, handle: Handle) => {
      handles.set(surface, handle);
      if (wanted.delete(surface)) queueMicrotask(handle.enter);
      return () => void (handles.get(surface) === handle && handles.delete(surface));
    },
    leave: (surface: string) => handles.get(surface)?.leave(),
    /** Opens windows for new surfaces and closes those of surfaces that are gone; the new ones. */
    sync: (surfaces: readonly Surface[]): string[] => {
      const opened = surfaces.filter((s) => !windows[s.id]).map((s) => s.id);
      setWindows(
        produce((all) => {
          for (const surface of Object.keys(all))
            if (!surfaces.some((s) => s.id === surface)) delete all[surface];
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
      if (!windows[front() ?? ''])
        setFront(Object.values(windows).toSorted((a, b) => b.order - a.order)[0]?.surface);
      if (!windows[keyboard() ?? '']) setKeyboard(undefined);
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
