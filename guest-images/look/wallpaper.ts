// The desktop's picture, computed: first light behind five ridges, under a few stars. The gradients are
// dithered, since eight bits of dark blue would show as bands.

import { encode } from 'fast-png';

type Colour = readonly [red: number, green: number, blue: number];

/** Sky from the zenith (0) to the horizon (1). */
const sky: readonly (readonly [at: number, colour: Colour])[] = [
  [0, [9, 13, 29]],
  [0.4, [20, 27, 58]],
  [0.68, [50, 48, 96]],
  [0.86, [122, 82, 120]],
  [1, [214, 138, 118]],
];
const horizon = 0.74;
/** Far to near: height of the crest, its unevenness, its colour. */
const ridges: readonly { crest: number; relief: number; scale: number; colour: Colour }[] = [
  { crest: 0.66, relief: 0.05, scale: 3.1, colour: [98, 74, 116] },
  { crest: 0.73, relief: 0.06, scale: 2.6, colour: [64, 56, 98] },
  { crest: 0.8, relief: 0.07, scale: 3.4, colour: [40, 41, 78] },
  { crest: 0.87, relief: 0.06, scale: 2.2, colour: [24, 28, 57] },
  { crest: 0.94, relief: 0.05, scale: 3.9, colour: [13, 17, 37] },
];
const sun = { x: 0.7, y: 0.7 };

/** The picture as a PNG of that size in pixels. The same for every build. */
export function wallpaper(width: number, height: number): Buffer {
  const data = new Uint8Array(width * height * 3);
  const crests = ridges.map((ridge, i) =>
    Array.from({ length: width }, (_, x) => ridge.crest - ridge.relief * crest(x / width, i)),
  );
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const crestOf = (i: number) => crests[i]?.[x] ?? 1;
      const at = (row: number) => colourAt(x / width, row / height, width / height, crestOf);
      // Two samples a pixel are enough to smooth the crests, which nowhere are steep.
      const colour = mix(at(y - 0.25), at(y + 0.25), 0.5);
      const noise = random(x, y) - random(y + 7919, x);
      data.set(
        colour.map((c) => Math.max(0, Math.min(255, Math.round(c + noise * 0.6)))),
        (y * width + x) * 3,
      );
    }
  }
  addStars(data, width, height);
  return Buffer.from(encode({ width, height, data, channels: 3 }, { zlib: { level: 9 } }));
}

function colourAt(u: number, v: number, aspect: number, crestOf: (i: number) => number): Colour {
  const near = ridges.findLastIndex((_, i) => v >= crestOf(i));
  const distance = Math.hypot((u - sun.x) * aspect, (v - sun.y) * 1.5);
  const ridge = ridges[near];
  if (ridge === undefined) {
    const glow = Math.exp(-((distance / 0.4) ** 2));
    return mix(gradient(v / horizon), [255, 172, 134], 0.5 * glow);
  }
  // Mist gathers below each crest, and the light of the sky in it.
  const depth = Math.min(1, (v - crestOf(near)) / 0.16);
  const lit = 0.32 * Math.exp(-((distance / 0.3) ** 2)) * (1 - near / ridges.length);
  const misty = mix(ridge.colour, [120, 92, 132], 0.2 * depth * (1 - near / ridges.length));
  return mix(misty, [255, 176, 136], lit);
}

function gradient(at: number): Colour {
  const next = sky.findIndex(([stop]) => stop >= at);
  const [stopB, b] = sky[next === -1 ? sky.length - 1 : next] ?? [1, [0, 0, 0] as const];
  const [stopA, a] = sky[Math.max(0, next - 1)] ?? [0, b];
  const t = stopB === stopA ? 0 : (at - stopA) / (stopB - stopA);
  return mix(a, b, Math.min(1, Math.max(0, t)));
}

function mix(a: Colour, b: Colour, t: number): Colour {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** A crest between about -1 and 1: octaves of smooth noise, each ridge with its own. */
function crest(u: number, ridge: number): number {
  let height = 0;
  for (let octave = 0, scale = ridges[ridge]?.scale ?? 1, weight = 1; octave < 5; octave++) {
    height += weight * (2 * smoothNoise(u * scale + ridge * 31.7, octave) - 1);
    scale *= 2.1;
    weight *= 0.46;
  }
  return height;
}

function smoothNoise(at: number, seed: number): number {
  const cell = Math.floor(at);
  const t = at - cell;
  const eased = t * t * (3 - 2 * t);
  return random(cell, seed) * (1 - eased) + random(cell + 1, seed) * eased;
}

function addStars(data: Uint8Array, width: number, height: number): void {
  for (let i = 0; i < 130; i++) {
    const x = Math.floor(random(i, 101) * width);
    const y = Math.floor(random(i, 202) ** 1.6 * height * 0.5);
    const light = 0.1 + 0.5 * random(i, 303) ** 3 * (1 - y / (height * 0.55));
    const at = (y * width + x) * 3;
    for (let c = 0; c < 3; c++) {
      const old = data[at + c] ?? 0;
      data[at + c] = Math.round(old + (255 - old) * light);
    }
  }
}

/** A hash of two integers to [0, 1), the same everywhere. */
function random(a: number, b: number): number {
  let h = Math.imul(a | 0, 0x27d4_eb2d) ^ Math.imul((b | 0) + 0x1656_67b1, 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b_3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a_2d39);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}
