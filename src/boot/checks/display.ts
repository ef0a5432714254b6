// Whether there is a screen, and the desktop on it. A machine without is served by its serial console and its
// API: never a bad boot.

import { connectors } from '../../host/hardware/screens.ts';
import { type Check, degraded, good } from '../check.ts';

/** What the display's supervisor has told last. */
export type DesktopShown = { readonly state: string; readonly reason?: string | undefined };

export function displayCheck(
  drm = '/sys/class/drm',
  desktop: () => DesktopShown | undefined = () => undefined,
): Check {
  return {
    name: 'display',
    asks: 'a screen is connected, and the desktop on it',
    ask: () => {
      const outputs = connectors(drm).filter(({ isConnected }) => isConnected);
      if (outputs.length === 0)
        return degraded('no screen is connected, or there is no driver for it');
      const { state, reason = '' } = desktop() ?? {};
      const words = `connected: ${outputs.map(({ name }) => name).join(', ')}`;
      if (state === 'lost' || state === 'console')
        return degraded(`${words}; the desktop is not shown: ${reason}`);
      return good(state === 'unknown' ? `${words}; the desktop is being started` : words);
    },
  };
}
