// A small live picture of a surface, for the dock and the window switcher. The framer scales it and sends at
// most two a second, so it costs the guest's window nothing.

import {
  type FramerMessage,
  messageKind,
  messageKinds,
  readFrame,
  thumbnailWidths,
} from '../../../src/contracts/index.ts';
import { decodeTiles } from './decode.ts';
import { type Drawing, Painter } from './painter.ts';
import { ViewerSocket } from './socket.ts';
import { viewerAddress } from './viewer.ts';

/**
 * Shows `surface` (an id such as `linux-desktop.0`) on a canvas until it is disposed. The canvas takes the
 * thumbnail's size: at most `width` pixels (240 unless said otherwise) by as many as the guest's shape wants.
 */
export function openThumbnail(surface: string, canvas: HTMLCanvasElement, width = 240): Disposable {
  const painter = new Painter(canvas as Drawing);
  const wanted = Math.round(Math.max(thumbnailWidths.least, Math.min(thumbnailWidths.most, width)));
  let ended = false;
  let drawing = Promise.resolve();
  const socket: ViewerSocket = new ViewerSocket(viewerAddress(surface), {
    state: (state) => {
      if (state !== 'open') return;
      socket.send({
        type: 'hello',
        encodings: ['raw', 'solid', 'deflate', 'webp'],
        quality: 'saving',
        name: '',
        thumbnail: wanted,
      });
    },
    text: (text) => {
      const message = JSON.parse(text) as FramerMessage;
      if (message.type === 'surface') painter.resize(message.width, message.height);
      if (message.type === 'hidden') socket.hidden();
    },
    binary: (message) => {
      if (messageKind(message) !== messageKinds.frame) return;
      drawing = drawing.then(() => draw(message)).catch(() => {});
    },
  });

  /** Credit comes back when it is drawn; a page that nobody sees draws nothing until it is seen. */
  async function draw(message: ArrayBuffer): Promise<void> {
    const { header, tiles } = readFrame(message);
    const decoded = await decodeTiles(tiles);
    if (ended) return;
    painter.paint(header, decoded);
    if (document.hidden) await seen();
    socket.send({ type: 'drawn', frame: header.frame });
  }

  const over = new AbortController();
  function seen(): Promise<void> {
    return new Promise((resolve) => {
      document.addEventListener('visibilitychange', () => resolve(), {
        once: true,
        signal: over.signal,
      });
    });
  }

  return {
    [Symbol.dispose]() {
      ended = true;
      over.abort();
      socket.close();
    },
  };
}
