// The wire form of frames and cursors; contracts/viewer-protocol.ts has the form and reads it back.

import {
  cursorHeaderBytes,
  frameHeaderBytes,
  messageKinds,
  tileHeaderBytes,
} from '../../contracts/viewer-protocol.ts';
import type { Cursor } from '../../hypervisor/display/index.ts';
import { encoders } from './encoders.ts';
import { rectanglesSince } from './rectangles.ts';
import type { Surface } from './surface.ts';

export type FrameTimes = {
  /** Of the newest damage in the frame, and of sending: ms since the epoch. */
  readonly damagedAt: number;
  readonly sentAt: number;
};

/**
 * One message with all that changed after version `since`; its frame number is the surface's version.
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
  const out = Buffer.from(new ArrayBuffer(bound));
  writeHeader(out, surface, parts.length, times);
  let offset = frameHeaderBytes;
  for (const { rectangle, encoder } of parts) {
    const bytes = encoder.write(surface, rectangle, out, offset + tileHeaderBytes);
    out.writeUInt16LE(rectangle.x, offset);
    out.writeUInt16LE(rectangle.y, offset + 2);
    out.writeUInt16LE(rectangle.width, offset + 4);
    out.writeUInt16LE(rectangle.height, offset + 6);
    out.writeUInt8(encoder.encoding, offset + 8);
    out.writeUInt32LE(bytes, offset + 12);
    offset += tileHeaderBytes + bytes;
  }
  return out.subarray(0, offset);
}

/** A frame's number on the wire: the version, of which 32 bits are sent. */
export function frameNumber(version: number): number {
  return version >>> 0;
}

function writeHeader(out: Buffer, surface: Surface, tileCount: number, times: FrameTimes): void {
  out.writeUInt8(messageKinds.frame, 0);
  out.writeUInt16LE(tileCount, 2);
  out.writeUInt32LE(frameNumber(surface.version), 4);
  out.writeUInt16LE(surface.width, 8);
  out.writeUInt16LE(surface.height, 10);
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
