// A screenshot: what a screen shows now, as PNG, in parts.

import { RayError } from '../../contracts/errors.ts';
import { encodePng } from './png.ts';
import { type FromFramer, maxPngBytes, pngPartBytes } from './protocol.ts';
import type { Screen } from './screen.ts';

type Tell = (message: FromFramer, told?: () => void) => void;

/** Tells the picture, as the answer to request `id`. Throws NO_FRAME; INTERNAL for one that is too large. */
export async function pictureOf(screen: Screen, id: number, tell: Tell): Promise<void> {
  screen.refresh();
  const { surface, idle } = screen;
  if (surface === undefined || idle !== undefined || surface.version === 0)
    throw new RayError('NO_FRAME', `the guest shows nothing: ${idle?.detail ?? 'no frame yet'}`);
  const { width, height } = surface;
  const png = await encodePng(surface.pixels, width, height);
  const { length: sizeBytes } = png;
  if (sizeBytes > maxPngBytes)
    throw new RayError(
      'INTERNAL',
      `the picture (${width}x${height}) is ${sizeBytes >> 20} MiB as PNG; a screenshot may have ${maxPngBytes >> 20} MiB`,
    );
  for (let at = 0; at < sizeBytes; at += pngPartBytes) {
    const part = png.toString('base64', at, at + pngPartBytes);
    // Waits until it has left this process, so that a large answer is never in it as a whole.
    await new Promise<void>((resolve) => tell({ type: 'screenshot-part', id, png: part }, resolve));
  }
  tell({ type: 'screenshot-done', id, width, height, sizeBytes });
}
