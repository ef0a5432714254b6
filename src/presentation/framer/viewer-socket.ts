// A viewer's way in: handshake, then its WebSocket's events become the viewer's. A request for a pixel stream
// comes in the same way, and is joined with the viewer whose key it names.

import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { streamProtocol, type ViewerMessage } from '../../contracts/viewer-protocol.ts';
import type { InputSource } from '../../input/index.ts';
import type { Audience } from './audience.ts';
import { openWebSocket } from './handshake.ts';
import { openPixelStream } from './pixel-stream.ts';
import type { ToFramer } from './protocol.ts';
import type { Member, Seat } from './seat.ts';
import { Viewer, type ViewerSocket } from './viewer.ts';

export type Admission = {
  readonly audience: Audience;
  readonly seat: Seat;
  /** Whatever a viewer says, whether it has the keyboard, and how to type behind what it has typed. */
  readonly onMessage: (message: ViewerMessage, mayType: () => boolean, input: InputSource) => void;
  readonly openInput: () => InputSource;
  readonly onJoined: (viewer: Viewer) => void;
  readonly onStalled: () => void;
  readonly onLeft: () => void;
  readonly onRefused: (reason: string) => void;
};

/** More viewers of one guest than this are refused. */
const maxViewers = 32;
const tryAgainLater = 1013;
/** A viewer that says nothing of itself gets plain pictures after so long. */
const helloWithinMs = 600;
/** So many answers must be late before a way counts as long. */
const measurements = 3;

const now = () => performance.timeOrigin + performance.now();

export function admit(
  request: Extract<ToFramer, { type: 'viewer' }>,
  socket: Socket,
  admission: Admission,
): void {
  // Told in any case, so that rayosd knows that the socket has arrived.
  socket.once('close', admission.onLeft);
  const protocol = request.headers['sec-websocket-protocol'] ?? '';
  if (protocol.startsWith(streamProtocol)) {
    joinStream(socket, admission.audience.withStreamKey(protocol.slice(streamProtocol.length)));
    return;
  }
  openWebSocket(socket, Buffer.from(request.rest, 'base64'), request.headers, (ws) => {
    ws.on('error', () => ws.terminate());
    const { audience, seat } = admission;
    if (audience.size >= maxViewers) return ws.close(tryAgainLater, 'too many viewers');
    const input = admission.openInput();
    const mayType = () => seat.mayType(member);
    const viewer: Viewer = new Viewer(
      request.viewer,
      socketOf(ws),
      input,
      {
        onReady: () => audience.wake(),
        onStalled: admission.onStalled,
        onRefused: admission.onRefused,
        onMessage: (message) => {
          seat.hear(member, message);
          admission.onMessage(message, mayType, input);
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
    // Its first picture waits for what it can decode, and for how long the way there and back is: a first picture
    // that is not compressed would keep a slow link busy for seconds. A way that seems long is measured again,
    // since a busy machine looks like one.
    let [isGreeted, pongs, isMeasured] = [false, 0, false];
    const enter = () => {
      if (isGreeted && isMeasured) join();
    };
    let join = () => {
      join = () => {};
      clearTimeout(patience);
      if (ws.readyState === ws.OPEN) audience.add(viewer);
    };
    const patience = setTimeout(() => join(), helloWithinMs);
    ws.on('message', (data, isBinary) => {
      viewer.receive(isBinary ? undefined : (data as Buffer).toString('utf8'), now());
      isGreeted = true;
      enter();
    });
    ws.on('pong', () => {
      viewer.heard(now());
      isMeasured ||= !viewer.isFar || ++pongs === measurements;
      if (!isMeasured) viewer.ping(now());
      enter();
    });
    ws.on('close', () => {
      clearTimeout(patience);
      viewer.closed();
      audience.remove(viewer);
      seat.leave(member);
    });
    admission.onJoined(viewer);
    seat.join(member);
    viewer.ping(now());
  });
}

function joinStream(socket: Socket, viewer: Viewer | undefined): void {
  if (viewer === undefined) {
    socket.on('error', () => socket.destroy());
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  viewer.openStream(openPixelStream(socket));
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
