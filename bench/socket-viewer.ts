// A viewer that is no browser: takes a surface's frames off a socket and gives credit back at once, or
// never. It costs the machine little, so that what is measured is RayOS.

import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { messageKinds, protocolName } from '../src/contracts/index.ts';

/** Where a frame's header has its number. */
const frameNumberAt = 4;

/** Signs in by a one-time address as a browser does; the cookie header of the session. */
export async function signIn(address: string): Promise<{ origin: string; cookie: string }> {
  const { origin, hash } = new URL(address);
  const answer = await fetch(`${origin}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: new URLSearchParams(hash.slice(1)).get('token') }),
  });
  if (!answer.ok) throw new Error(`RayOS did not sign the bench in: ${await answer.text()}`);
  const cookie = answer.headers.getSetCookie().map((line) => line.split(';', 1)[0]);
  return { origin, cookie: cookie.join('; ') };
}

export class SocketViewer implements Disposable {
  frames = 0;
  readonly #ws: WebSocket;
  #socket: Socket | undefined;

  private constructor(ws: WebSocket, stalled: boolean) {
    this.#ws = ws;
    ws.on('upgrade', ({ socket }) => {
      this.#socket = socket;
    });
    ws.on('error', () => undefined);
    ws.on('message', (data, isBinary) => {
      if (!isBinary || stalled) return;
      // Its number alone is read: copying pictures would take the processor from what is measured.
      const message = data as Buffer;
      if (message[0] !== messageKinds.frame) return;
      this.frames++;
      ws.send(JSON.stringify({ type: 'drawn', frame: message.readUInt32LE(frameNumberAt) }));
    });
  }

  /** Connects; a stalled one gives no credit and, when its buffers are full, reads no more. */
  static async open(
    { origin, cookie }: { readonly origin: string; readonly cookie: string },
    surface: string,
    stalled = false,
  ): Promise<SocketViewer> {
    const ws = new WebSocket(
      `${origin.replace('http', 'ws')}/api/surfaces/${surface}/viewer`,
      protocolName,
      { origin, headers: { cookie }, perMessageDeflate: false },
    );
    const viewer = new SocketViewer(ws, stalled);
    await new Promise((resolve, reject) => ws.once('open', resolve).once('error', reject));
    if (stalled) ws.pause();
    return viewer;
  }

  /** Bytes that came over the wire so far. */
  get bytes(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  [Symbol.dispose](): void {
    this.#ws.terminate();
  }
}
