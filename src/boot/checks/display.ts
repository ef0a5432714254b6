// Whether there is a screen. A machine without one is served by its serial console and its API.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Check, degraded, good } from '../check.ts';

export function displayCheck(folder = '/sys/class/drm'): Check {
  return {
    name: 'display',
    asks: 'a screen is connected',
    ask: () => {
      const outputs = connected(folder);
      return outputs.length > 0
        ? good(`connected: ${outputs.join(', ')}`)
        : degraded('no screen is connected, or there is no driver for it');
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
