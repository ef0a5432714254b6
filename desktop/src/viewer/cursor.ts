// The guest's cursor as the browser's own: it moves with the hand, not with the guest's frames.

import type { CursorShape } from '../../../src/contracts/index.ts';

/** Browsers ignore larger cursors. */
const largest = 128;

/**
 * A CSS `cursor` value for a shape; `none` for an empty one. `pictureScale`: the page's pixels for each of the
 * guest's, so that a guest at 200 % has no giant's cursor.
 */
export function cursorStyle(shape: CursorShape, pictureScale = 1): string {
  const { width, height } = shape;
  if (width === 0 || height === 0) return 'none';
  const wanted = Math.abs(pictureScale - 1) < 0.02 ? 1 : pictureScale;
  const scale = Math.min(wanted, largest / width, largest / height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  const context = canvas.getContext('2d');
  if (!context) return 'default';
  if (scale === 1) context.putImageData(new ImageData(shape.pixels, width, height), 0, 0);
  else {
    const full = new OffscreenCanvas(width, height);
    full.getContext('2d')?.putImageData(new ImageData(shape.pixels, width, height), 0, 0);
    context.drawImage(full, 0, 0, canvas.width, canvas.height);
  }
  const hot = (at: number, length: number) =>
    Math.max(0, Math.min(length - 1, Math.floor(at * scale)));
  const place = `${hot(shape.hotX, canvas.width)} ${hot(shape.hotY, canvas.height)}`;
  return `url(${canvas.toDataURL()}) ${place}, default`;
}
