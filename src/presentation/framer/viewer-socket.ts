// A viewer's way in: handshake, then its WebSocket's events become the viewer's.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ViewerMessage } from '../../contracts/viewer-protocol.ts';
import type { InputSource } from '../../input/index.ts';
import type { Audience } from './audience.ts';
import { openWebSocket } from './handshake.ts';
import type { ToFramer } from './protocol.ts';
import type { Member, Seat } from './seat.ts';
import { Viewer, type ViewerSocket } from './viewer.ts';

export type Admission = {
  readonly audience: Audience;
  readonly seat: Seat;
  /** Whatever a viewer says, and whether it has the keyboard. */
  readonly onMessage: (message: ViewerMessage, mayType: () => boolean) => void;
  readonly openInput: () => InputSource;
  readonly onJoined: (viewer: Viewer) => void;
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
  openWebSocket(socket, Buffer.from(request.rest, 'base64'), request.headers, (ws) => {
    ws.on('error', () => ws.terminate());
    const { audience, seat } = admission;
    if (audience.size >= maxViewers) return ws.close(tryAgainLater, 'too many viewers');
    const mayType = () => seat.mayType(member);
    const viewer: Viewer = new Viewer(
      request.viewer,
      socketOf(ws),
      admission.openInput(),
      {
        onReady: () => audience.wake(),
        onStalled: admission.onStalled,
        onRefused: admission.onRefused,
        onMessage: (message) => {
          seat.hear(member, message);
          admission.onMessage(message, mayType);
        },
        mayType,
      },
      now(),
    );
    const member: Member = {
      id: request.viewer,
      screen: request.head,
      party: request.party,
      tell: (message) => viewer.tell(message),
      release: () => viewer.release(),
    };
    ws.on('message', (data, isBinary) =>
      viewer.receive(isBinary ? undefined : (data as Buffer).toString('utf8'), now()),
    );
    ws.on('pong', () => viewer.heard(now()));
    ws.on('close', () => {
      viewer.closed();
      audience.remove(viewer);
      seat.leave(member);
    });
    admission.onJoined(viewer);
    audience.add(viewer);
    seat.join(member);
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
