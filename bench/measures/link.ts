// Over a slow link: frames a second of changing patterns, and how near to the guest's true picture what is
// shown comes, while it moves and when it has come to rest.

import { numberIn, viewOf } from '../picture/scene.ts';
import { ssim } from '../picture/ssim.ts';
import type { Side } from '../sides.ts';
import { measureRates, type Rates, type Timing } from './rates.ts';

export type LinkRates = {
  readonly rates: Rates;
  /** SSIM of pictures taken while the guest draws, of those that are whole. */
  readonly moving: Map<string, number[]>;
  /** SSIM when the guest has rested: 1 is without a wrong pixel. */
  readonly resting: Map<string, number[]>;
};

export type LinkOptions = Timing & {
  readonly rounds: number;
  /** Pictures of each side that are compared in each round, while the guest draws. */
  readonly pictures: number;
  readonly restMs: number;
  readonly scene: (name: 'pattern' | 'still') => Promise<void>;
  readonly tell: (round: number) => void;
};

/**
 * A picture that is nearer than this to the frame whose number it shows is that frame, with what its encoder
 * lost. Farther are those that are put together of several frames, which are not counted: a patch of each frame
 * is less than a frame.
 */
const leastWhole = 0.9;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function measureLink(
  sides: readonly Side[],
  options: LinkOptions,
): Promise<LinkRates> {
  const { rounds, pictures, restMs, scene, tell } = options;
  const empty = () => new Map(sides.map(({ name }) => [name, [] as number[]]));
  const [moving, resting] = [empty(), empty()];
  await scene('pattern');
  const judge = async (side: Side): Promise<number> => {
    const found: number[] = [];
    for (let i = 0; i < pictures; i++) {
      await moved(side);
      found.push(await likeness(side));
    }
    const whole = found.filter((ssim) => ssim >= leastWhole);
    moving.get(side.name)?.push(...whole);
    // Of a round without a whole one it is not known how few there were: half a picture.
    return Math.max(whole.length, 0.5) / found.length;
  };
  const rates = await measureRates(sides, rounds, { ...options, judge }, tell);
  for (const side of sides) {
    for (const other of sides) if (other !== side) await other.away();
    await side.open();
    await scene('pattern');
    await moved(side);
    await scene('still');
    await pause(restMs);
    resting.get(side.name)?.push(await likeness(side));
  }
  for (const side of sides) await side.open();
  return { rates, moving, resting };
}

/** Waits for another picture; a side that shows none for ten seconds is compared as it is. */
async function moved(side: Side): Promise<void> {
  const before = await side.paints();
  const until = performance.now() + 10_000;
  while (performance.now() < until && (await side.paints()) < before + 2) await pause(50);
}

/** Of what the side shows to the frame of the guest that it says it is. */
async function likeness(side: Side): Promise<number> {
  const { width, height, rgba } = await side.picture();
  return ssim(rgba, viewOf(numberIn(rgba, width), width, height), width, height);
}
