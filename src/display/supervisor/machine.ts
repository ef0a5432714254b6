// What this machine can show on, as sysfs tells it: connectors with a screen, and whether a GPU draws.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { connectors } from '../../host/hardware/screens.ts';

export type Screens = {
  /** Connectors with a screen, as the kernel names them: `HDMI-A-1`, `Virtual-1`. */
  readonly outputs: readonly string[];
  /** Whether there is a graphics card at all. */
  readonly hasCard: boolean;
  /** Whether one of the cards draws by itself; otherwise the processor does. */
  readonly hasGpu: boolean;
};

/** Drivers whose cards draw, in Debian's Mesa. All others only show what was drawn. */
const drawing = new Set([
  ...['i915', 'xe', 'amdgpu', 'radeon', 'nouveau'],
  ...['msm', 'panfrost', 'panthor', 'lima', 'v3d', 'vc4', 'etnaviv', 'asahi', 'tegra'],
]);
const maxEntries = 64;

/** Looks at `sys` (a folder like /sys). Never throws: what cannot be read is not there. */
export function findScreens(sys = '/sys'): Screens {
  const drm = join(sys, 'class/drm');
  const cards = list(drm).filter((name) => /^card\d+$/.test(name));
  return {
    outputs: connectors(drm)
      .filter(({ isConnected }) => isConnected)
      .map(({ name }) => name),
    hasCard: cards.length > 0,
    hasGpu: cards.some((card) => draws(join(drm, card, 'device'))),
  };
}

function draws(device: string): boolean {
  const driver = driverOf(device);
  if (driver === undefined) return false;
  if (drawing.has(driver)) return true;
  // A virtual card: without its first feature (VIRGL) it only shows. The features are its virtio child's.
  return list(device)
    .filter((name) => /^virtio\d+$/.test(name))
    .some((name) => read(join(device, name, 'features'))?.startsWith('1'));
}

function driverOf(device: string): string | undefined {
  try {
    return basename(readlinkSync(join(device, 'driver')));
  } catch {
    return undefined;
  }
}

/** The virtual terminal that is on the screen, such as `tty1`; undefined where there are none. */
export function activeTerminal(sys = '/sys'): string | undefined {
  return read(join(sys, 'class/tty/tty0/active'));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, maxEntries).sort();
  } catch {
    return [];
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').slice(0, 4096).trim();
  } catch {
    return undefined;
  }
}
