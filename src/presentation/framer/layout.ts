// The pointer of a guest with several screens. It has one tablet, which the guest spreads over all of its
// screens; QEMU takes places of one screen only. So a place on one screen is told as the place that it has
// on all of them together, side by side from the left in their order, as guests arrange them unless told
// otherwise. It is exact to as many pixels as there are screens.

type Size = { readonly width: number; readonly height: number };

/** Where (x, y) of screen `index` is to be said to be, in pixels of that same screen. */
export function placeAmong(
  screens: readonly (Size | undefined)[],
  index: number,
  x: number,
  y: number,
): { readonly x: number; readonly y: number } {
  const own = screens[index];
  const shown = screens.filter((screen) => screen !== undefined);
  if (own === undefined || shown.length < 2) return { x, y };
  const width = shown.reduce((sum, screen) => sum + screen.width, 0);
  const height = Math.max(...shown.map((screen) => screen.height));
  const left = offsetOf(screens, index);
  return {
    x: Math.min(own.width - 1, Math.floor(((left + x + 0.5) * own.width) / width)),
    y: Math.min(own.height - 1, Math.floor(((y + 0.5) * own.height) / height)),
  };
}

/** How far from the left a screen begins. */
export function offsetOf(screens: readonly (Size | undefined)[], index: number): number {
  return screens.slice(0, index).reduce((sum, screen) => sum + (screen?.width ?? 0), 0);
}
