// Whether there is a screen, and the desktop on it. A machine without is served by its serial console and its
// API: never a bad boot.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, degraded, good } from '../check.ts';

/** What the display's supervisor has told last. */
export type DesktopShown = { readonly state: string; readonly reason?: string | undefined };

export function displayCheck(
  folder = '/sys/class/drm',
  desktop: () => DesktopShown | undefined = () => undefined,
): Check {
  return {
    name: 'display',
    asks: 'a screen is connected, and the desktop on it',
    ask: () => {
      const outputs = connected(folder);
      if (outputs.length === 0)
        return degraded('no screen is connected, or there is no driver for it');
      const { state, reason = '' } = desktop() ?? {};
      const words = `connected: ${outputs.join(', ')}`;
      if (state === 'lost' || state === 'console')
        return degraded(`${words}; the desktop is not shown: ${reason}`);
      return good(state === 'unknown' ? `${words}; the desktop is being started` : words);
    },
  };
}

function connected(folder: string): string[] {
  const read = (name: string) => {
    try {
      return readFileSync(join(folder, name, 'status'), 'utf8').trim();
    } catch {
      return ''; // a card, which has no such file
    }
  };
  try {
    return readdirSync(folder).filter((name) => read(name) === 'connected');
  } catch {
    return [];
  }
}
