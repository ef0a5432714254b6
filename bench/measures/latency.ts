// Key → pixel, both viewers connected all the time, in turns.

import type { Side } from '../sides.ts';

export type Latencies = {
  readonly ms: Map<string, number[]>;
  /** Keys after which the pixel did not change in time. */
  readonly lost: Map<string, number>;
};

const longestMs = 5000;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function measureLatency(
  sides: readonly Side[],
  rounds: number,
  keysARound: number,
  { x, y }: { readonly x: number; readonly y: number },
  tell: (round: number) => void,
): Promise<Latencies> {
  const ms = new Map(sides.map(({ name }) => [name, [] as number[]]));
  const lost = new Map(sides.map(({ name }) => [name, 0]));
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      for (let i = 0; i < keysARound; i++) {
        const took = await Promise.race([side.latency(x, y), pause(longestMs)]);
        if (took === undefined) lost.set(side.name, (lost.get(side.name) ?? 0) + 1);
        else ms.get(side.name)?.push(took);
        // Not in step with any timer: VNC's refresh has one of 30 ms, and where in it a key falls is chance.
        await pause(60 + Math.random() * 60);
      }
    }
    tell(round + 1);
  }
  return { ms, lost };
}
