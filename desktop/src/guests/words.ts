// A guest's state as people see it: one word for the dot, a few for the label.

import type { Guest } from '../../../src/contracts/index.ts';

export type Face =
  | 'stopped'
  | 'starting'
  | 'running'
  | 'ready'
  | 'presented'
  | 'paused'
  | 'suspended'
  | 'failed';

type Seen = Pick<Guest, 'state' | 'ready' | 'presented'>;

/** What a guest looks like in the dock; `presented` wins over `ready`, trouble over both. */
export function faceOf(guest: Seen): Face {
  if (guest.state !== 'running') return guest.state;
  if (!guest.ready) return 'running';
  return guest.presented ? 'presented' : 'ready';
}

/** A label of at most three words. */
export function labelOf(guest: Seen): string {
  switch (faceOf(guest)) {
    case 'stopped':
      return 'Stopped';
    case 'starting':
      return 'Starting…';
    case 'running':
      return 'Getting ready…';
    case 'ready':
      return 'Ready';
    case 'presented':
      return 'On screen';
    case 'paused':
      return 'Paused';
    case 'suspended':
      return 'Saved to disk';
    case 'failed':
      return 'Failed';
  }
}

/** True while something is under way that will end by itself. */
export function isBusy(guest: Seen): boolean {
  const face = faceOf(guest);
  return face === 'starting' || face === 'running';
}

/** Milliseconds as people say them: "80 ms", "5.1 s", "2 min 5 s". */
export function spell(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

/** A size as people say it: "512 B", "3.4 MiB". */
export function bytes(count: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = Math.max(0, count);
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
