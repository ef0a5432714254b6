// QEMU shows a screen that the guest does not use as one centred line of grey text on black, drawn by itself
// (ui/console.c, qemu_create_placeholder_surface), and says nowhere that it is not the guest's.

import type { Surface } from './surface.ts';

/** QEMU's letters. */
const letterHeight = 16;
const black = 0xff000000 | 0;

/** True when all is black but one line of one other colour where QEMU puts it. */
export function isPlaceholder(surface: Pick<Surface, 'pixels' | 'width' | 'height'>): boolean {
  const { pixels, width, height } = surface;
  const words = new Int32Array(pixels.buffer, pixels.byteOffset, width * height);
  const top = Math.floor((Math.floor(height / letterHeight) - 1) / 2) * letterHeight;
  const [from, to] = [top * width, (top + letterHeight) * width];
  let ink: number | undefined;
  for (let i = 0; i < words.length; i++) {
    const color = words[i];
    if (color === black) continue;
    if (i < from || i >= to) return false;
    ink ??= color;
    if (color !== ink) return false;
  }
  return ink !== undefined;
}
