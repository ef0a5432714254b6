// A viewer's pixel stream: the body of one HTTP answer that ends only with the viewer. Frames alone go here.

import type { Socket } from 'node:net';
import { streamHeadBytes } from '../../contracts/viewer-protocol.ts';

export type PixelStream = {
  /** Bytes that were sent but have not left this process. */
  readonly bufferedAmount: number;
  send(frame: Uint8Array, done: () => void): void;
  /** `callback` runs when it has ended, by either side. */
  onEnd(callback: () => void): void;
  end(): void;
};

const head = [
  'HTTP/1.1 200 OK',
  'content-type: application/octet-stream',
  'cache-control: no-store',
  'x-content-type-options: nosniff',
  'cross-origin-resource-policy: same-origin',
  'connection: close',
].join('\r\n');

/** Answers the request that came on `socket`; the socket belongs to the stream then. */
export function openPixelStream(socket: Socket): PixelStream {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  // It has said all that it may say: more ends it, and so does its end.
  socket.on('data', () => socket.destroy());
  socket.on('end', () => socket.destroy());
  socket.resume();
  socket.write(`${head}\r\n\r\n`);
  return {
    get bufferedAmount() {
      return socket.writableLength;
    },
    send(frame, done) {
      const length = Buffer.alloc(streamHeadBytes);
      length.writeUInt32LE(frame.length, 0);
      socket.cork();
      socket.write(length);
      socket.write(frame, () => done());
      socket.uncork();
    },
    onEnd: (callback) => void socket.once('close', callback),
    end: () => socket.destroy(),
  };
}
