// For tests: waiting for what no event tells. It is looked again and again, and that has an end.

import { sleep } from './clock.ts';

/**
 * What `look` gives once that is neither `undefined` nor `false`. The limit only ends a test that would never
 * pass; `said` is asked then what there was instead.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  what: string,
  { limitMs = 60_000, everyMs = 50, said }: UntilOptions = {},
): Promise<Exclude<T, undefined | false>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    if (performance.now() > deadline)
      throw new Error(
        `waited in vain for ${what}${said === undefined ? '' : `:\n${await said()}`}`,
      );
    await sleep(everyMs);
  }
}

export type UntilOptions = {
  readonly limitMs?: number;
  readonly everyMs?: number;
  readonly said?: () => unknown;
};
