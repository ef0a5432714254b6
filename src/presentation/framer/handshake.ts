// From a socket that rayosd has let in to a WebSocket. The request was read by rayosd; what the
// handshake needs of it came with the socket.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { protocolName } from '../../contracts/viewer-protocol.ts';
import { maxMessageBytes } from './messages.ts';
import type { HandshakeHeaders } from './protocol.ts';

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: maxMessageBytes,
  handleProtocols: (offered) => (offered.has(protocolName) ? protocolName : false),
});
// A handshake that ws refuses is answered by ws itself; the listener keeps it from being thrown.
server.on('wsClientError', (_error, socket) => socket.destroy());

/** Completes the handshake; `onOpen` is not called when the other side got it wrong. */
export function openWebSocket(
  socket: Socket,
  head: Buffer,
  headers: HandshakeHeaders,
  onOpen: (ws: WebSocket) => void,
): void {
  socket.on('error', () => socket.destroy());
  socket.setNoDelay(true);
  const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? [];
  if (!offered.includes(protocolName)) {
    socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    return;
  }
  const request = { method: 'GET', url: '/', headers } as unknown as IncomingMessage;
  server.handleUpgrade(request, socket, head, onOpen);
}
