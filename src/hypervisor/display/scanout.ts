// Scanouts as the framer reads them. Shared memory is read with pread, never mapped: QEMU could cut the
// file short, which ends a reader of a mapping with SIGBUS, but gives pread a short count.

import { readSync } from 'node:fs';
import type { Geometry } from './geometry.ts';
import { ScanoutLost } from './lost.ts';
import { expandRgb565, type PixelFormat, pixelFormat } from './pixels.ts';
import type { RawRows, Scanout } from './types.ts';

/** Rows with gaps are read through a buffer of about this size. */
const bandBytes = 256 * 1024;

/** Fills `into` with `into.length` bytes of the scanout's memory that begin at `position`, or throws. */
export type Source = {
  readonly path: 'map' | 'message';
  read(into: Uint8Array, position: number): void;
  /** The memory itself, to be compared and not kept; only where nobody can take it away. */
  look?(position: number, length: number): Uint8Array;
  /** Runs `work` while nothing in the memory changes, where that can be had. */
  steady?<T>(work: () => T): T;
};

export function mapSource(fd: () => number): Source {
  return {
    path: 'map',
    read(into, position) {
      const descriptor = fd();
      for (let done = 0; done < into.length; ) {
        const count = readOnce(descriptor, into, done, position + done);
        if (count === 0) throw new ScanoutLost('the memory of the scanout has shrunk');
        done += count;
      }
    },
  };
}

function readOnce(fd: number, into: Uint8Array, offset: number, position: number): number {
  try {
    return readSync(fd, into, offset, into.length - offset, position);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ScanoutLost(`the memory of the scanout cannot be read: ${reason}`);
  }
}

/**
 * `isCurrent` says whether the shared pixels are still this scanout's; `steady` keeps whoever writes them out
 * of them while its argument runs.
 */
export function messageSource(
  pixels: SharedArrayBuffer,
  isCurrent: () => boolean,
  steady: <T>(work: () => T) => T,
): Source {
  const look = (position: number, length: number): Uint8Array => {
    if (!isCurrent()) throw new ScanoutLost('the guest has switched its screen');
    if (position + length > pixels.byteLength)
      throw new ScanoutLost('the pixels of the scanout are not there');
    return new Uint8Array(pixels, position, length);
  };
  return {
    path: 'message',
    look,
    steady,
    read: (into, position) => into.set(look(position, into.length)),
  };
}

/** A scanout over checked geometry. Reads rows in one piece where they lie without gaps. */
export function createScanout(geometry: Geometry, source: Source): Scanout {
  const format = pixelFormat(geometry.format);
  if (format === undefined) throw new RangeError('unsupported format');
  const { width, height } = geometry;
  const check = (y: number, rows: number, room: Uint8Array): void => {
    const isInside = Number.isInteger(y) && Number.isInteger(rows) && y >= 0 && rows >= 0;
    if (!isInside || y + rows > height) throw new RangeError('rows outside of the scanout');
    if (room.length < rows * width * 4) throw new RangeError('too little room for the rows');
    if (room.byteOffset % 4 !== 0) throw new RangeError('the target must be aligned to 4 bytes');
  };
  const raw = rawRows(geometry, format, source, check);
  return {
    width,
    height,
    path: source.path,
    format: format.name,
    ...(raw === undefined ? {} : { raw }),
    steady: (work) => (source.steady === undefined ? work() : source.steady(work)),
    readRows(y, rows, into) {
      check(y, rows, into);
      if (rows > 0) readInto(geometry, format, source, y, rows, into);
    },
  };
}

/** For rows of whole words that lie without gaps. */
function rawRows(
  { width, stride, offset }: Geometry,
  { bytesPerPixel, toRgba }: PixelFormat,
  source: Source,
  check: (y: number, rows: number, room: Uint8Array) => void,
): RawRows | undefined {
  if (bytesPerPixel !== 4 || stride !== width * 4) return undefined;
  const { look } = source;
  return {
    toRgba,
    read(y, rows, into) {
      check(y, rows, into);
      if (rows > 0) source.read(into.subarray(0, rows * stride), offset + y * stride);
    },
    ...(look === undefined
      ? {}
      : {
          isSame(y, rows, known) {
            check(y, rows, known);
            const bytes = look(offset + y * stride, rows * stride);
            return Buffer.compare(bytes, known.subarray(0, bytes.length)) === 0;
          },
        }),
  };
}

function readInto(
  geometry: Geometry,
  format: PixelFormat,
  source: Source,
  y: number,
  rows: number,
  into: Uint8Array,
): void {
  const { width, stride, offset } = geometry;
  const start = offset + y * stride;
  const rowBytes = width * format.bytesPerPixel;
  const words = new Int32Array(into.buffer, into.byteOffset, rows * width);
  if (format.bytesPerPixel === 4 && stride === rowBytes) {
    source.read(into.subarray(0, rows * rowBytes), start);
    format.toRgba(words, 0, words, 0, words.length);
    return;
  }
  const band = Math.max(1, Math.floor(bandBytes / stride));
  for (let row = 0; row < rows; row += band) {
    const count = Math.min(band, rows - row);
    const raw = new Uint8Array(stride * (count - 1) + rowBytes);
    source.read(raw, start + row * stride);
    for (let i = 0; i < count; i++) {
      const line = raw.subarray(i * stride, i * stride + rowBytes);
      const target = words.subarray((row + i) * width, (row + i + 1) * width);
      if (format.bytesPerPixel === 4) into.set(line, (row + i) * rowBytes);
      else expandRgb565(new Uint16Array(line.slice().buffer), target, width);
    }
  }
  if (format.bytesPerPixel === 4) format.toRgba(words, 0, words, 0, words.length);
}
