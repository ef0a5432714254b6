// What is on a guest's screen, as its framer has it; and waiting for it to become something.

import { decode } from 'fast-png';
import type { TestRayos } from './rayos.ts';

export class Screen {
  readonly width: number;
  readonly height: number;
  readonly #data: ArrayLike<number>;
  readonly #channels: number;

  constructor(png: Uint8Array) {
    const { width, height, data, channels } = decode(png);
    this.width = width;
    this.height = height;
    this.#data = data;
    this.#channels = channels;
  }

  /** 0xRRGGBB */
  at(x: number, y: number): number {
    const i = (y * this.width + x) * this.#channels;
    const [r = 0, g = 0, b = 0] = [this.#data[i], this.#data[i + 1], this.#data[i + 2]];
    return (r << 16) | (g << 8) | b;
  }

  /** How much of the screen has this colour: 0 to 1. */
  share(colour: number): number {
    let count = 0;
    for (let y = 0; y < this.height; y++)
      for (let x = 0; x < this.width; x++) if (this.at(x, y) === colour) count++;
    return count / (this.width * this.height);
  }

  /** Pixels that differ; all of them where the sizes do. */
  differences(other: Screen): number {
    if (other.width !== this.width || other.height !== this.height) return this.width * this.height;
    let count = 0;
    for (let y = 0; y < this.height; y++)
      for (let x = 0; x < this.width; x++) if (this.at(x, y) !== other.at(x, y)) count++;
    return count;
  }
}

export async function screenOf(rayos: TestRayos, guest: string): Promise<Screen> {
  const { data } = await rayos.run('screenshot.guest', { guest });
  return new Screen(Buffer.from(data, 'base64'));
}

/** The first screen that is so. The limit only ends a test that would never pass. */
export async function screenThat(
  rayos: TestRayos,
  guest: string,
  isSo: (screen: Screen) => boolean,
  what: string,
  limitMs = 180_000,
): Promise<Screen> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const screen = await screenOf(rayos, guest);
    if (isSo(screen)) return screen;
    if (Date.now() > deadline) throw new Error(`${guest} never showed ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
