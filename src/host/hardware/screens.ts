// The connectors of the graphics cards, and whether a screen is on them. Loads nothing of RayOS: the display's
// supervisor is a small process.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Connector = {
  /** As the kernel names it, without its card: `HDMI-A-1`, `Virtual-1`. */
  readonly name: string;
  readonly isConnected: boolean;
};

const maxEntries = 512;

/** Looks at `drm` (a folder like /sys/class/drm). Never throws: what cannot be read is not there. */
export function connectors(drm = '/sys/class/drm'): Connector[] {
  return names(drm)
    .filter((name) => /^card\d+-./.test(name))
    .map((name) => ({
      name: name.replace(/^card\d+-/, ''),
      isConnected: isConnected(join(drm, name, 'status')),
    }));
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort().slice(0, maxEntries);
  } catch {
    return [];
  }
}

function isConnected(status: string): boolean {
  try {
    return readFileSync(status, 'utf8').trim() === 'connected';
  } catch {
    return false;
  }
}
