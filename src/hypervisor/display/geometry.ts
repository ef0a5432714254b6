// What QEMU says about a scanout, checked before a byte of it is read.

import { maxScanoutSize } from '../../contracts/viewer-protocol.ts';
import { pixelFormat } from './pixels.ts';

/** A screen may be a part of a larger picture, though not of one that is wider than two screens. */
const maxStride = maxScanoutSize * 4 * 2;

export type Geometry = {
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  /** pixman's code. */
  readonly format: number;
  /** Where the first row begins. */
  readonly offset: number;
};

/** Why such a scanout cannot be shown, in words; undefined when it can. `size` is that of its memory. */
export function refusal(geometry: Geometry, size: number): string | undefined {
  const { width, height, stride, offset } = geometry;
  const format = pixelFormat(geometry.format);
  if (format === undefined)
    return `unsupported format 0x${(geometry.format >>> 0).toString(16).padStart(8, '0')}`;
  const isInRange = (n: number) => n >= 1 && n <= maxScanoutSize;
  if (!isInRange(width) || !isInRange(height)) return `a screen of ${width} x ${height} pixels`;
  if (stride < width * format.bytesPerPixel || stride > maxStride)
    return `rows of ${stride} bytes for ${width} pixels`;
  // All factors are below 2^32 and 2^14, so the sum is exact.
  const end = offset + stride * (height - 1) + width * format.bytesPerPixel;
  if (end > size) return `memory of ${size} bytes for a screen that needs ${end}`;
  return undefined;
}
