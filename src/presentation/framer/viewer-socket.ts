// A viewer's way in: handshake, then its WebSocket's events become the viewer's.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { InputSource } from '../../input/index.ts';
import type { Audience } from './audience.ts';
import { openWebSocket } from './handshake.ts';
import type { ToFramer } from './protocol.ts';
import { Viewer, type ViewerSocket } from './viewer.ts';

export type Admission = {
  readonly audience: Audience;
  readonly openInput: () => InputSource;
  readonly onJoined: () => void;
  readonly onStalled: () => void;
  readonly onLeft: () => void;
  readonly onRefused: (reason: string) => void;
};

/** More viewers of one guest than this are refused. */
const maxViewers = 32;
const tryAgainLater = 1013;

const now = () => performance.timeOrigin + performance.now();

export function admit(
  request: Extract<ToFramer, { type: 'viewer' }>,
  socket: Socket,
  admission: Admission,
): void {
  // Told in any case, so that rayosd knows that the socket has arrived.
  socket.once('close', admission.onLeft);
  openWebSocket(socket, Buffer.from(request.head, 'base64'), request.headers, (ws) => {
    ws.on('error', () => ws.terminate());
    const { audience } = admission;
    if (audience.size >= maxViewers) return ws.close(tryAgainLater, 'too many viewers');
    const viewer = new Viewer(
      request.viewer,
      socketOf(ws),
      admission.openInput(),
      {
        onReady: () => audience.wake(),
        onStalled: admission.onStalled,
        onRefused: admission.onRefused,
      },
      now(),
    );
    ws.on('message', (data, isBinary) =>
      viewer.receive(isBinary ? undefined : (data as Buffer).toString('utf8'), now()),
    );
    ws.on('pong', () => viewer.heard(now()));
    ws.on('close', () => {
      viewer.closed();
      audience.remove(viewer);
    });
    admission.onJoined();
    audience.add(viewer);
  });
}

function socketOf(ws: WebSocket): ViewerSocket {
  return {
    get bufferedAmount() {
      return ws.bufferedAmount;
    },
    send: (data, done) =>
      ws.send(data, { binary: typeof data !== 'string', compress: false }, () => done()),
    ping: () => ws.ping(),
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
  };
}
