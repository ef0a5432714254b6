// The viewer's protocol: one WebSocket between a RayOS window (a worker in the browser) and the framer
// of the guest that it shows. Framer → viewer: binary messages for frames and cursors, JSON text for
// the rest. Viewer → framer: JSON text only. All numbers are little endian; pixels are RGBA, 8 bits each.
//
// Flow: a viewer has `credit` frames that it may be sent; it starts with `initialCredit` (`farCredit`) and gives one
// back with `drawn` for each frame that it has put on the screen. A viewer without credit is sent
// nothing, and later gets only the newest state of what has changed: there is no queue to fall behind in.

export const protocolName = 'rayos.viewer.2';
export const initialCredit = 2;
/**
 * Over a long way: two more, which may still be in the making, so that the way is not empty while it is told what
 * was drawn and the next is made (20 Mbit/s, 40 ms: 13.8 frames a second with three, 15.8 with four).
 */
export const farCredit = 4;
export const tileSize = 64;
/** Largest scanout that RayOS presents, in pixels each way. */
export const maxScanoutSize = 8192;
/** Longest message of a frame: all of the largest scanout, raw, tile by tile. */
export const maxFrameBytes = 32 + maxScanoutSize ** 2 * 4 + (maxScanoutSize / tileSize) ** 2 * 16;

/** Widths that a thumbnail may have, in pixels. */
export const thumbnailWidths = { least: 16, most: 320 } as const;
/**
 * The pixel stream: large frames come faster in the body of one long HTTP answer than in a WebSocket (measured in
 * Chromium at 1280x800: 700 MB/s against 93 MB/s, a sixth of the processor's time). A viewer may ask for
 * `pixels?key=<key>` beside its socket's address; each frame is then u32 length, 4 bytes 0, the frame's message.
 * Frames leave the socket for the stream only when all before them are drawn, so their order is kept.
 */
export const streamHeadBytes = 8;
/** What a request for a pixel stream is handed to the framer as, with the key behind it. */
export const streamProtocol = 'rayos.pixels.2.';

export const messageKinds = { frame: 1, cursor: 2, sound: 3 } as const;
/**
 * How a tile's payload holds its pixels. `deflate`: RGBA rows, raw deflate, lossless. `jpeg`, `webp`: a whole
 * image of the tile's size, lossy; such a tile is sent again losslessly once it rests (`quality` below).
 */
export const tileEncodings = { raw: 0, solid: 1, deflate: 2, jpeg: 3, webp: 4 } as const;
export type EncodingName = keyof typeof tileEncodings;

/**
 * Frame: header of 32 bytes, then tiles.
 *   u8 kind=1, u8 0, u16 tile count, u32 frame number, u16 width, u16 height (of the surface), u32 0,
 *   f64 time of the newest damage in it (ms since the epoch), f64 time of sending.
 * Tile: u16 x, u16 y, u16 width, u16 height, u8 encoding, 3 bytes 0, u32 payload bytes; payload (RGBA
 * rows, or one RGBA pixel when solid). Compressed payloads end where their data ends: nothing pads them.
 */
export const frameHeaderBytes = 32;
export const tileHeaderBytes = 16;

export type FrameHeader = {
  readonly tileCount: number;
  readonly frame: number;
  readonly width: number;
  readonly height: number;
  readonly damagedAt: number;
  readonly sentAt: number;
};

export type Tile = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly encoding: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
};

export type CursorShape = {
  readonly width: number;
  readonly height: number;
  readonly hotX: number;
  readonly hotY: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
};

/** Framer → viewer, as JSON text. */
export type FramerMessage =
  | {
      readonly type: 'surface';
      readonly surface: string;
      readonly width: number;
      readonly height: number;
    }
  /** `touch`: the guest has a touch screen; without one, fingers act as a mouse. */
  | {
      readonly type: 'pointer';
      readonly visible: boolean;
      readonly absolute: boolean;
      readonly touch: boolean;
    }
  | { readonly type: 'idle'; readonly reason: 'no-scanout' | 'refused'; readonly detail: string }
  | { readonly type: 'hidden' }
  /** Who types: one viewer at a time holds the keyboard. `name` is that person's, as others see it. */
  | {
      readonly type: 'holder';
      readonly you: boolean;
      readonly name: string;
      readonly viewers: number;
    }
  /** The guest's lock keys, as its keyboard lights show them. */
  | {
      readonly type: 'locks';
      readonly caps: boolean;
      readonly num: boolean;
      readonly scroll: boolean;
    }
  /** Which encoder was chosen for this viewer, and why, for people to read. */
  | { readonly type: 'encoder'; readonly name: string; readonly reason: string }
  /** What a pixel stream of this viewer names itself with; good for this connection. */
  | { readonly type: 'stream'; readonly key: string }
  /**
   * The sound that follows: PCM, signed 16 bits, interleaved. Rate 0: silence from now on. The first one, when a
   * viewer joins, says that the guest has a sound card; without one, none comes.
   */
  | { readonly type: 'sound'; readonly rate: number; readonly channels: number };

/** Viewer → framer, as JSON text. Key codes are `KeyboardEvent.code`; x and y are guest pixels. */
export type ViewerMessage =
  /** `busyMs`: of the time since the frame was sent, what went into decoding and painting. */
  | { readonly type: 'drawn'; readonly frame: number; readonly busyMs?: number }
  | { readonly type: 'key'; readonly code: string; readonly down: boolean }
  | { readonly type: 'pointer'; readonly x: number; readonly y: number }
  /** A mouse's motion, in device pixels, for a guest whose pointer is not absolute. */
  | { readonly type: 'motion'; readonly dx: number; readonly dy: number }
  | {
      readonly type: 'button';
      readonly button: 'left' | 'middle' | 'right' | 'side' | 'extra';
      readonly down: boolean;
    }
  | { readonly type: 'wheel'; readonly up: number; readonly right: number }
  | { readonly type: 'blur' }
  /** First of all: what this viewer can decode, how it would like its pictures, who looks. */
  | {
      readonly type: 'hello';
      readonly encodings: readonly EncodingName[];
      readonly quality: 'auto' | 'lossless' | 'saving';
      readonly name: string;
      /** Only a small picture, at most so many pixels wide, twice a second at most. */
      readonly thumbnail?: number;
    }
  /** The window's content in device pixels, and the screen's scale: what the guest may follow. */
  | {
      readonly type: 'room';
      readonly width: number;
      readonly height: number;
      readonly scalePercent: number;
    }
  /** Gives this viewer the keyboard and the pointer. Typing or clicking asks for them too, when nobody has them. */
  | { readonly type: 'hold' }
  /** The person's lock keys: the guest's are brought to the same. */
  | { readonly type: 'locks'; readonly caps: boolean; readonly num: boolean }
  | {
      readonly type: 'touch';
      readonly phase: 'begin' | 'update' | 'end' | 'cancel';
      readonly slot: number;
      readonly x: number;
      readonly y: number;
    }
  /** Whether this viewer wants the guest's sound. */
  | { readonly type: 'sound'; readonly on: boolean };

/** Reads a frame; throws a RangeError when it is cut short or its tiles leave the surface. */
export function readFrame(buffer: ArrayBuffer): { header: FrameHeader; tiles: Tile[] } {
  const view = new DataView(buffer);
  const header: FrameHeader = {
    tileCount: view.getUint16(2, true),
    frame: view.getUint32(4, true),
    width: view.getUint16(8, true),
    height: view.getUint16(10, true),
    damagedAt: view.getFloat64(16, true),
    sentAt: view.getFloat64(24, true),
  };
  const tiles: Tile[] = [];
  let offset = frameHeaderBytes;
  for (let i = 0; i < header.tileCount; i++) {
    const x = view.getUint16(offset, true);
    const y = view.getUint16(offset + 2, true);
    const width = view.getUint16(offset + 4, true);
    const height = view.getUint16(offset + 6, true);
    const encoding = view.getUint8(offset + 8);
    const bytes = view.getUint32(offset + 12, true);
    if (x + width > header.width || y + height > header.height)
      throw new RangeError('tile outside the surface');
    tiles.push({
      x,
      y,
      width,
      height,
      encoding,
      pixels: new Uint8ClampedArray(buffer, offset + tileHeaderBytes, bytes),
    });
    offset += tileHeaderBytes + bytes;
  }
  return { header, tiles };
}

/** Cursor: u8 kind=2, u8 0, u16 width, u16 height, i16 hot x, i16 hot y, u16 0, then RGBA rows. */
export const cursorHeaderBytes = 12;

export function readCursor(buffer: ArrayBuffer): CursorShape {
  const view = new DataView(buffer);
  const width = view.getUint16(2, true);
  const height = view.getUint16(4, true);
  return {
    width,
    height,
    hotX: view.getInt16(6, true),
    hotY: view.getInt16(8, true),
    pixels: new Uint8ClampedArray(buffer, cursorHeaderBytes, width * height * 4),
  };
}

/** Sound: u8 kind=3, u8 0, u16 0, f64 time of sending at byte 4 (ms since the epoch), then PCM from byte 12. */
export const soundHeaderBytes = 12;

export function messageKind(buffer: ArrayBuffer): number {
  return new DataView(buffer).getUint8(0);
}
