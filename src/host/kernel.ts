// What the running kernel says of itself: this boot's id, the time since it started, its command line.

import { readFileSync } from 'node:fs';

/** The id of this boot of the machine; '' where the kernel gives none. */
export function kernelBootId(): string {
  return readTrimmed('/proc/sys/kernel/random/boot_id');
}

/** Milliseconds since the kernel started. */
export function sinceKernelMs(): number {
  return Math.round(Number(readTrimmed('/proc/uptime').split(' ')[0] ?? 0) * 1000) || 0;
}

/** Whether the entry's safe mode was chosen: a word on the kernel's command line. */
export function isSafeMode(file = '/proc/cmdline'): boolean {
  return readTrimmed(file).split(/\s+/).includes('rayos.safe-mode');
}

function readTrimmed(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
