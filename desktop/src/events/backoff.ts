// How long to wait before trying again: short first, doubled each time, never longer than a bound.

export type Backoff = { readonly firstMs: number; readonly mostMs: number };

/** Viewers heal fast: a framer is back within a second, and nobody should wait longer than it does. */
export const viewerBackoff: Backoff = { firstMs: 50, mostMs: 1000 };
/** The daemon takes longer to start; a try a second is cheap on loopback. */
export const daemonBackoff: Backoff = { firstMs: 150, mostMs: 1500 };

/** Wait in ms before try number `attempt`, counted from 0 for the first one after a loss. */
export function delayBefore(attempt: number, { firstMs, mostMs }: Backoff): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 20));
}
