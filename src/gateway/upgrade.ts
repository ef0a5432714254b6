// WebSocket upgrades: a viewer is authenticated and let in by the `surface.view` command here; its socket
// then goes to the framer, so that no pixel passes through rayosd.

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { asRayError, errors, RayError } from '../contracts/index.ts';
import type { Dispatch } from '../dispatch/index.ts';
import type { Recorder } from '../log/index.ts';
import type { Actor } from '../policy/index.ts';

/** Where an admitted viewer's socket goes. Throws RayError when the surface is not there. */
export type ViewerDoor = {
  attachViewer(
    surface: string,
    socket: Socket,
    head: Buffer,
    headers: IncomingMessage['headers'],
    party: string,
  ): void;
  /** That person has signed out: ends what was attached as theirs. */
  endViewers(party: string): void;
};

/** Who asks for a viewer's socket. */
export type Visitor = {
  readonly actor: Actor;
  /** Names the session to others: no secret. */
  readonly party: string;
  readonly isSignedIn: () => boolean;
};

const path = /^\/api\/surfaces\/([a-z0-9.-]{1,80})\/viewer$/;

export function handUpgrades(
  server: Server,
  parts: { readonly dispatch: Dispatch; readonly viewers: ViewerDoor; readonly recorder: Recorder },
  identify: (request: IncomingMessage) => Visitor,
): void {
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const socket = stream as Socket;
    socket.on('error', () => socket.destroy());
    admit(request, socket, head).catch((thrown: unknown) => {
      const error = asRayError(thrown);
      parts.recorder.mark('GATEWAY:REFUSED', { reason: error.code });
      refuse(socket, errors[error.code].status, JSON.stringify({ error: error.toJSON() }));
    });
  });

  async function admit(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { actor, party, isSignedIn } = identify(request);
    const surface = path.exec(request.url ?? '')?.[1];
    if (surface === undefined) return refuse(socket, 404, '');
    const gone = new AbortController();
    socket.once('close', () => gone.abort());
    await parts.dispatch.run(
      { command: 'surface.view', arguments: { surface } },
      { actor, signal: gone.signal },
    );
    // Signed out meanwhile: the socket would be nobody's to end.
    if (!isSignedIn()) throw new RayError('NOT_SIGNED_IN', 'this session has been signed out');
    if (!socket.destroyed)
      parts.viewers.attachViewer(surface, socket, head, request.headers, party);
  }
}

function refuse(socket: Socket, status: number, body: string): void {
  if (socket.destroyed) return;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
