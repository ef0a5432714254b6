// Which encoder a viewer gets: by what its connection carries, what it can decode, and what it asked for.

import type { EncodingName, ViewerMessage } from '../../contracts/viewer-protocol.ts';
import type { Link } from './link.ts';

export type Wishes = Pick<
  Extract<ViewerMessage, { type: 'hello' }>,
  'encodings' | 'quality' | 'thumbnail'
>;

/** Of a viewer that has not said what it can do. */
export const plainWishes: Wishes = { encodings: ['raw', 'solid'], quality: 'auto' };

/** `webp` is for photographs alone: text and flat areas are `deflate` then. */
export type EncoderName = Extract<EncodingName, 'raw' | 'deflate' | 'webp'>;
export type Choice = { readonly name: EncoderName; readonly reason: string };

/** Below, pictures are compressed without loss; below the second, photographs with it. */
const losslessBelow = { near: 12e6, far: 60e6 };
const lossyBelow = 6e6;
/** So much better must a connection be for a choice to be taken back. */
const hysteresis = 1.5;

export function choose(
  link: Pick<Link, 'isFar' | 'bytesPerSecond'>,
  wishes: Wishes,
  before: EncoderName | undefined,
): Choice {
  const { quality } = wishes;
  const can = (name: EncodingName) => wishes.encodings.includes(name);
  const isBelow = (limit: number, name: EncoderName) =>
    link.bytesPerSecond < (before === name ? limit * hysteresis : limit);
  const rate = `${((link.bytesPerSecond * 8) / 1e6).toPrecision(2)} Mbit/s`;
  if (can('webp') && can('deflate') && quality !== 'lossless') {
    if (quality === 'saving') return { name: 'webp', reason: 'this viewer asks to save' };
    if (link.isFar && isBelow(lossyBelow, 'webp'))
      return { name: 'webp', reason: `the connection carries ${rate}` };
  }
  if (can('deflate')) {
    const limit = link.isFar ? losslessBelow.far : losslessBelow.near;
    if (quality === 'saving' || isBelow(limit, 'deflate'))
      return { name: 'deflate', reason: `the connection carries ${rate}` };
  }
  return { name: 'raw', reason: 'the connection is fast' };
}
