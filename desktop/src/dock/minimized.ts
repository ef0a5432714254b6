// Which of a guest's windows waits in the dock.

import type { DesktopModel } from '../desktop/model.ts';

/** The surface of the first minimized window of a guest; undefined when none is. */
export function minimizedOf({ world, windows }: DesktopModel, guest: string): string | undefined {
  return world.surfaces.find((s) => s.guest === guest && windows.get(s.id)?.minimized)?.id;
}
