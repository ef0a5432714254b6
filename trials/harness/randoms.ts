// Random moments that can be had again: a trial prints its seed, and RAYOS_SEED repeats it.

/** A small generator (mulberry32), so that a run can be had again. */
export function randoms(state: number): () => number {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
