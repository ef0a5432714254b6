// How alike two pictures are to an eye: SSIM (Wang, Bovik, Sheikh, Simoncelli: Image Quality Assessment: From
// Error Visibility to Structural Similarity, 2004), of luma, mean over windows of 8 by 8 pixels every 4 pixels.

const windowSize = 8;
const step = 4;
const c1 = (0.01 * 255) ** 2;
const c2 = (0.03 * 255) ** 2;

/** Of two pictures of one size, RGBA rows: 1 when they are the same. */
export function ssim(a: Uint8Array, b: Uint8Array, width: number, height: number): number {
  const [x, y] = [luma(a, width * height), luma(b, width * height)];
  let [sum, count] = [0, 0];
  for (let top = 0; top + windowSize <= height; top += step)
    for (let left = 0; left + windowSize <= width; left += step) {
      sum += ofWindow(x, y, top * width + left, width);
      count++;
    }
  return count === 0 ? Number.NaN : sum / count;
}

function ofWindow(x: Float32Array, y: Float32Array, corner: number, width: number): number {
  let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
  for (let row = 0; row < windowSize; row++)
    for (let at = corner + row * width; at < corner + row * width + windowSize; at++) {
      const p = x[at] ?? 0;
      const q = y[at] ?? 0;
      sx += p;
      sy += q;
      sxx += p * p;
      syy += q * q;
      sxy += p * q;
    }
  const n = windowSize * windowSize;
  const [mx, my] = [sx / n, sy / n];
  const [vx, vy, cov] = [sxx / n - mx * mx, syy / n - my * my, sxy / n - mx * my];
  return ((2 * mx * my + c1) * (2 * cov + c2)) / ((mx * mx + my * my + c1) * (vx + vy + c2));
}

/** ITU-R BT.601. */
function luma(rgba: Uint8Array, count: number): Float32Array {
  const out = new Float32Array(count);
  for (let i = 0; i < count; i++)
    out[i] =
      0.299 * (rgba[i * 4] ?? 0) + 0.587 * (rgba[i * 4 + 1] ?? 0) + 0.114 * (rgba[i * 4 + 2] ?? 0);
  return out;
}
