// The wire form of frames and cursors; contracts/viewer-protocol.ts has the form and reads it back.

import {
  cursorHeaderBytes,
  frameHeaderBytes,
  messageKinds,
  tileEncodings,
  tileHeaderBytes,
} from '../../contracts/viewer-protocol.ts';
import type { Cursor } from '../../hypervisor/display/index.ts';
import { compressed } from './compress.ts';
import { encoders } from './encoders.ts';
import { type Rectangle, rectanglesSince } from './rectangles.ts';
import type { Surface } from './surface.ts';

export type FrameTimes = {
  /** Of the newest damage in the frame, and of sending: ms since the epoch. */
  readonly damagedAt: number;
  readonly sentAt: number;
};

/** Of a surface, what a frame's header says. */
type Head = Pick<Surface, 'width' | 'height' | 'version'>;
type Place = Pick<Rectangle, 'x' | 'y' | 'width' | 'height'>;

/**
 * One message with all that changed after version `since`, raw; its frame number is the surface's version.
 * undefined when nothing did. The buffer is the caller's.
 */
export function encodeFrame(
  surface: Surface,
  since: number,
  times: FrameTimes,
): Buffer<ArrayBuffer> | undefined {
  const parts = rectanglesSince(surface, since).map((rectangle) => {
    const encoder = encoders.find((candidate) => candidate.wants(rectangle));
    if (encoder === undefined) throw new RangeError('no encoder wants this rectangle');
    return { rectangle, encoder };
  });
  if (parts.length === 0) return undefined;
  const bound = parts.reduce(
    (sum, { rectangle, encoder }) => sum + tileHeaderBytes + encoder.boundBytes(rectangle),
    frameHeaderBytes,
  );
  // Every byte that is sent is written below.
  const out = Buffer.allocUnsafeSlow(bound);
  writeHeader(out, surface, parts.length, times);
  let offset = frameHeaderBytes;
  for (const { rectangle, encoder } of parts) {
    const bytes = encoder.write(surface, rectangle, out, offset + tileHeaderBytes);
    writeTile(out, offset, rectangle, encoder.encoding, bytes);
    offset += tileHeaderBytes + bytes;
  }
  return out.subarray(0, offset);
}

/**
 * One message of these rectangles, compressed off this thread; `byWebp`: as WebP, photographs with loss.
 * The pixels are taken before this returns, so that the surface may change meanwhile.
 */
export async function encodeCompressed(
  surface: Surface,
  rectangles: readonly Rectangle[],
  byWebp: boolean,
  times: () => FrameTimes,
): Promise<Buffer<ArrayBuffer>> {
  const { width, height, version } = surface;
  const parts = await Promise.all(
    rectangles.flatMap((rectangle) => compressed(surface, rectangle, byWebp)),
  );
  const size = parts.reduce(
    (sum, { payload }) => sum + tileHeaderBytes + payload.length,
    frameHeaderBytes,
  );
  const out = Buffer.from(new ArrayBuffer(size));
  writeHeader(out, { width, height, version }, parts.length, times());
  let offset = frameHeaderBytes;
  for (const { place, encoding, payload } of parts) {
    writeTile(out, offset, place, tileEncodings[encoding], payload.length);
    out.set(payload, offset + tileHeaderBytes);
    offset += tileHeaderBytes + payload.length;
  }
  return out;
}

/** A frame's number on the wire: the version, of which 32 bits are sent. */
export function frameNumber(version: number): number {
  return version >>> 0;
}

function writeTile(
  out: Buffer,
  offset: number,
  { x, y, width, height }: Place,
  encoding: number,
  bytes: number,
): void {
  out.writeUInt16LE(x, offset);
  out.writeUInt16LE(y, offset + 2);
  out.writeUInt16LE(width, offset + 4);
  out.writeUInt16LE(height, offset + 6);
  out.writeUInt32LE(encoding, offset + 8);
  out.writeUInt32LE(bytes, offset + 12);
}

function writeHeader(out: Buffer, head: Head, tileCount: number, times: FrameTimes): void {
  out.writeUInt16LE(messageKinds.frame, 0);
  out.writeUInt16LE(tileCount, 2);
  out.writeUInt32LE(frameNumber(head.version), 4);
  out.writeUInt16LE(head.width, 8);
  out.writeUInt16LE(head.height, 10);
  out.writeUInt32LE(0, 12);
  out.writeDoubleLE(times.damagedAt, 16);
  out.writeDoubleLE(times.sentAt, 24);
}

/** The message of a cursor's shape. */
export function encodeCursor(cursor: Cursor): Buffer<ArrayBuffer> {
  const out = Buffer.from(new ArrayBuffer(cursorHeaderBytes + cursor.pixels.byteLength));
  out.writeUInt8(messageKinds.cursor, 0);
  out.writeUInt16LE(cursor.width, 2);
  out.writeUInt16LE(cursor.height, 4);
  out.writeInt16LE(cursor.hotX, 6);
  out.writeInt16LE(cursor.hotY, 8);
  out.set(cursor.pixels, cursorHeaderBytes);
  return out;
}
