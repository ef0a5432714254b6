// How high a sound is.

/** The loudest frequency of samples, in Hz, as near as they can tell; undefined for silence. */
export function pitchOf(samples: readonly number[], rate: number): number | undefined {
  if (samples.every((sample) => Math.abs(sample) < 0.001)) return undefined;
  const step = rate / samples.length;
  let best = { hertz: 0, power: 0 };
  for (let hertz = step * 10; hertz < 4000; hertz += step) {
    const power = powerAt(samples, (2 * Math.PI * hertz) / rate);
    if (power > best.power) best = { hertz, power };
  }
  return best.hertz;
}

/** Goertzel's algorithm: one bin of a Fourier transform. */
function powerAt(samples: readonly number[], angle: number): number {
  const factor = 2 * Math.cos(angle);
  let [before, last] = [0, 0];
  for (const sample of samples) [before, last] = [last, sample + factor * last - before];
  return last * last + before * before - factor * last * before;
}
