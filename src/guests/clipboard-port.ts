// The clipboard's port (`org.rayos.clipboard`): a line `clip <mediaType> <bytes>`, then the bytes, both ways.
// The guest is hostile: sizes are checked before bytes are kept, contents are checked to be what they say,
// and a guest that breaks the form is not listened to any more until its window is opened again.

import type { Socket } from 'node:net';
import { Emitter, limitRate } from '../foundation/index.ts';

export type MediaType = 'text/plain' | 'image/png';
export type Clip = { readonly mediaType: MediaType; readonly bytes: Buffer };

export const maxClipBytes = 8 * 1024 * 1024;
const maxHeaderBytes = 64;
const bytesPerSecond = 16 * 1024 * 1024;
/** No more news than this: the newest clip waits, those between are nobody's. */
const newsEveryMs = 200;

/** Thrown for a stream that is not the protocol. */
export class ClipFormError extends Error {}

/** Takes clips out of a stream, however it is cut. Throws ClipFormError; it is of no use any more then. */
export class ClipReader {
  #header = '';
  #wanted: { readonly mediaType: MediaType; readonly size: number } | undefined;
  #parts: Buffer[] = [];
  #length = 0;

  push(chunk: Buffer): Clip[] {
    const clips: Clip[] = [];
    let rest = chunk;
    while (rest.length > 0 || this.#wanted?.size === 0) {
      if (this.#wanted === undefined) rest = this.#readHeader(rest);
      else rest = this.#readBytes(rest, this.#wanted.size);
      if (this.#wanted === undefined || this.#length < this.#wanted.size) continue;
      clips.push({ mediaType: this.#wanted.mediaType, bytes: Buffer.concat(this.#parts) });
      this.#wanted = undefined;
      this.#parts = [];
      this.#length = 0;
    }
    return clips;
  }

  #readHeader(chunk: Buffer): Buffer {
    const end = chunk.indexOf(10);
    this.#header += chunk.toString('latin1', 0, end < 0 ? chunk.length : end);
    if (this.#header.length > maxHeaderBytes) throw new ClipFormError('a header without an end');
    if (end < 0) return chunk.subarray(chunk.length);
    const [, mediaType, digits] =
      /^clip (text\/plain|image\/png) (\d{1,8})$/.exec(this.#header) ?? [];
    const size = Number(digits);
    if (mediaType === undefined || size > maxClipBytes)
      throw new ClipFormError('a header that is none');
    this.#header = '';
    this.#wanted = { mediaType: mediaType as MediaType, size };
    return chunk.subarray(end + 1);
  }

  #readBytes(chunk: Buffer, size: number): Buffer {
    const part = chunk.subarray(0, size - this.#length);
    this.#parts.push(part);
    this.#length += part.length;
    return chunk.subarray(part.length);
  }
}

const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Whether a clip is what it says: UTF-8 without NUL, or a PNG. */
export function isGenuine({ mediaType, bytes }: Clip): boolean {
  if (bytes.length > maxClipBytes) return false;
  if (mediaType === 'image/png') return bytes.subarray(0, 8).equals(pngSignature);
  try {
    utf8.decode(bytes);
    return !bytes.includes(0);
  } catch {
    return false;
  }
}

/** One connection to the port. */
export class ClipboardPort implements Disposable {
  /** The guest's clipboard has something new. */
  readonly changed = new Emitter<Clip>();
  readonly #socket: Socket;
  #waiting: Clip | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new ClipReader();
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const clip of reader.push(chunk)) if (isGenuine(clip)) this.#tell(clip);
      } catch {
        socket.destroy();
      }
    });
    limitRate(socket, bytesPerSecond);
    socket.on('error', () => socket.destroy());
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Sends a clip to the guest. False while it has not taken the one before. */
  write({ mediaType, bytes }: Clip): boolean {
    if (this.#socket.destroyed || this.#socket.writableLength > 0) return false;
    this.#socket.write(Buffer.concat([Buffer.from(`clip ${mediaType} ${bytes.length}\n`), bytes]));
    return true;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#socket.destroy();
  }

  #tell(clip: Clip): void {
    this.#waiting = clip;
    if (this.#timer !== undefined) return;
    const wait = this.#toldAt + newsEveryMs - performance.now();
    const tell = () => {
      this.#timer = undefined;
      this.#toldAt = performance.now();
      const newest = this.#waiting;
      this.#waiting = undefined;
      if (newest) this.changed.emit(newest);
    };
    if (wait <= 0) tell();
    else this.#timer = setTimeout(tell, wait);
  }
}
