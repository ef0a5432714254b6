// WebSocket upgrades: a viewer is authenticated and let in by the `surface.view` command here; its socket
// then goes to the framer, so that no pixel passes through rayosd.

import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asRayError, errors, RayError, streamProtocol } from '../contracts/index.ts';
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

/**
 * The pixel stream of a viewer: let in like the viewer itself; its socket goes to the framer too, which knows
 * the viewer by its key.
 */
export function pixelRoute(
  app: FastifyInstance,
  parts: { readonly dispatch: Dispatch; readonly viewers: ViewerDoor },
  identify: (request: FastifyRequest) => { readonly actor: Actor; readonly party: string },
): void {
  app.get<{ Params: { surface: string }; Querystring: { key?: unknown } }>(
    '/api/surfaces/:surface/pixels',
    { schema: { hide: true } },
    async (request, reply) => {
      const { actor, party } = identify(request);
      const { surface } = request.params;
      const { key } = request.query;
      if (typeof key !== 'string' || !/^[0-9a-f]{32}$/.test(key))
        throw new RayError('BAD_REQUEST', 'the request names no viewer');
      const { socket } = request.raw;
      const gone = new AbortController();
      socket.once('close', () => gone.abort());
      await parts.dispatch.run(
        { command: 'surface.view', arguments: { surface } },
        { actor, signal: gone.signal },
      );
      reply.hijack();
      if (socket.destroyed) return;
      const headers = { 'sec-websocket-protocol': `${streamProtocol}${key}` };
      try {
        parts.viewers.attachViewer(surface, socket, Buffer.alloc(0), headers, party);
      } catch {
        socket.destroy();
      }
    },
  );
}

function refuse(socket: Socket, status: number, body: string): void {
  if (socket.destroyed) return;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
