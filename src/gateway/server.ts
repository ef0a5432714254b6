// The server: one Fastify application behind two listeners, loopback TCP for browsers and a unix socket
// (0600) for the user's own terminal. Every request has an identity before it reaches a command.

import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import cookies from '@fastify/cookie';
import files from '@fastify/static';
import openApi from '@fastify/swagger';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { asRayError, errors, RayError } from '../contracts/index.ts';
import type { Audit, Dispatch } from '../dispatch/index.ts';
import { asUnwritable } from '../foundation/index.ts';
import type { Recorder } from '../log/index.ts';
import type { Actor } from '../policy/index.ts';
import { type Caller, untilGoneOrSignedOut } from './caller.ts';
import { commandRoutes } from './commands-route.ts';
import { type DropDoor, dropRoute } from './drops-route.ts';
import { serveEvents } from './events.ts';
import { type Guard, loopbackGuard, securityHeaders } from './guard.ts';
import { partyOf, type Sessions } from './sessions.ts';
import { handUpgrades, pixelRoute, type ViewerDoor } from './upgrade.ts';

export type GatewayParts = {
  readonly dispatch: Dispatch;
  readonly sessions: Sessions;
  /** For signing in and out; everything else is written by dispatch. */
  readonly audit: Pick<Audit, 'append'>;
  readonly recorder: Recorder;
  readonly viewers: ViewerDoor;
  readonly drops: DropDoor;
  /** Folder of the built desktop. */
  readonly desktop: string;
  readonly version: string;
};

export type Gateway = AsyncDisposable & { readonly port: number; readonly address: string };

const terminal: Actor = { kind: 'person', name: 'person:terminal' };
export const browser: Actor = { kind: 'person', name: 'person:browser' };

/** Listens on 127.0.0.1:`port` (0 chooses one) and on `socket`. Throws PORT_TAKEN. */
export async function openGateway(
  parts: GatewayParts,
  listen: { readonly port: number; readonly socket: string },
): Promise<Gateway> {
  const app = fastify({
    bodyLimit: 64 * 1024,
    logger: false,
    requestTimeout: 0,
    forceCloseConnections: true,
  });
  app.setValidatorCompiler(() => () => true); // dispatch validates, in the same way for every caller
  app.setSerializerCompiler(() => JSON.stringify);
  const own = new WeakSet<object>();
  let known: Guard | undefined;
  /** The guard of the port that we listen on: known by the time a request can arrive. */
  const guard = () => (known ??= loopbackGuard(portOf(app)));
  const cookieName = () => `rayos_${portOf(app)}`;
  const callerOf = (request: FastifyRequest): Caller => {
    if (own.has(request.raw.socket)) return { actor: terminal };
    const cookie = request.cookies[cookieName()];
    if (cookie === undefined || !parts.sessions.isSignedIn(cookie))
      throw new RayError('NOT_SIGNED_IN', 'this browser is not signed in');
    return {
      actor: browser,
      whenSignedOut: (end) => parts.sessions.whenSignedOut(cookie, end),
    };
  };

  await app.register(cookies);
  await app.register(openApi, { openapi: { info: { title: 'RayOS', version: parts.version } } });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (!own.has(request.raw.socket)) guard().check(request.raw);
  });
  app.setErrorHandler((thrown, _request, reply) => answerError(thrown, reply, parts.recorder));
  app.setNotFoundHandler((request, reply) =>
    answerError(
      new RayError('BAD_REQUEST', `there is nothing at ${request.url.slice(0, 120)}`),
      reply.code(404),
      parts.recorder,
    ),
  );
  sessionRoutes(app, parts, cookieName, callerOf);
  commandRoutes(app, parts.dispatch, callerOf);
  dropRoute(app, parts.drops, callerOf);
  app.get('/api/events', { schema: { hide: true } }, async (request, reply) => {
    const caller = callerOf(request);
    const signal = untilGoneOrSignedOut(reply.raw, caller);
    const events = await parts.dispatch.stream(
      { command: 'desktop.events', arguments: {} },
      { actor: caller.actor, signal },
    );
    reply.hijack();
    await serveEvents(reply.raw, events, signal);
  });
  pixelRoute(app, parts, (request) => {
    const { actor } = callerOf(request);
    return { actor, party: partyOf(request.cookies[cookieName()] ?? '') };
  });
  app.get('/api/openapi.json', { schema: { hide: true } }, (request) => {
    callerOf(request);
    return app.swagger();
  });
  await serveDesktop(app, parts.desktop);
  await app.ready();

  const local = await listenOnSocket(app, listen.socket, own);
  try {
    await app.listen({ host: '127.0.0.1', port: listen.port });
  } catch (cause) {
    local.close();
    rmSync(listen.socket, { force: true });
    throw portError(cause, listen.port);
  }
  const port = portOf(app);
  handUpgrades(app.server, parts, (request) => {
    guard().check(request, { needsOrigin: true });
    const cookie = app.parseCookie(request.headers.cookie ?? '')[cookieName()];
    if (cookie === undefined || !parts.sessions.isSignedIn(cookie))
      throw new RayError('NOT_SIGNED_IN', 'this browser is not signed in');
    return {
      actor: browser,
      party: partyOf(cookie),
      isSignedIn: () => parts.sessions.isSignedIn(cookie),
    };
  });
  parts.recorder.mark('GATEWAY:LISTENING', { port });
  return {
    port,
    address: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      local.closeAllConnections();
      local.close();
      rmSync(listen.socket, { force: true });
      await app.close();
    },
  };
}

/**
 * Signing in and out. These are no commands: before signing in there is no identity that dispatch could
 * ask policy about. They are written to the audit here instead; what is refused is only marked, or anyone
 * could push the audit's records out of it without an identity.
 */
function sessionRoutes(
  app: FastifyInstance,
  { sessions, audit, recorder, viewers }: GatewayParts,
  cookieName: () => string,
  callerOf: (request: FastifyRequest) => Caller,
): void {
  const write = (command: 'session.signin' | 'session.signout') =>
    audit.append({
      actor: browser.name,
      command,
      arguments: {},
      outcome: 'done',
      durationMs: 0,
    });
  app.post(
    '/api/session',
    { schema: { summary: 'sign in with a one-time token' } },
    (request, reply) => {
      const token = (request.body as { token?: unknown } | null)?.token;
      const cookie = typeof token === 'string' ? sessions.signIn(token) : undefined;
      if (cookie === undefined) {
        recorder.mark('GATEWAY:REFUSED', { reason: 'one-time token' });
        throw new RayError('NOT_SIGNED_IN', 'this one-time address has been used or has expired');
      }
      write('session.signin');
      recorder.mark('GATEWAY:SIGNED_IN', { actor: browser.name });
      return reply
        .setCookie(cookieName(), cookie, {
          httpOnly: true,
          sameSite: 'strict',
          path: '/',
          maxAge: 14 * 24 * 3600,
        })
        .code(204)
        .send();
    },
  );
  app.get('/api/session', { schema: { summary: 'say who is signed in' } }, (request) => ({
    actor: callerOf(request).actor.name,
  }));
  app.delete('/api/session', { schema: { summary: 'sign out' } }, (request, reply) => {
    const cookie = request.cookies[cookieName()];
    if (cookie !== undefined && sessions.isSignedIn(cookie)) {
      sessions.signOut(cookie);
      viewers.endViewers(partyOf(cookie));
      write('session.signout');
    }
    return reply.clearCookie(cookieName(), { path: '/' }).code(204).send();
  });
}

async function serveDesktop(app: FastifyInstance, root: string): Promise<void> {
  if (!existsSync(root)) {
    app.get('/', () => {
      throw new RayError('DESKTOP_NOT_BUILT', 'the web desktop has not been built');
    });
    return;
  }
  await app.register(files, {
    root,
    cacheControl: false,
    setHeaders: (response, path) => {
      const immutable = path.includes('/assets/');
      response.header(
        'cache-control',
        immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
    },
  });
}

function answerError(thrown: unknown, reply: FastifyReply, recorder: Recorder): FastifyReply {
  const status = (thrown as { statusCode?: number }).statusCode;
  const fault =
    status !== undefined && status < 500 && thrown instanceof Error
      ? new RayError('BAD_REQUEST', thrown.message)
      : (asUnwritable(thrown) ?? asRayError(thrown));
  if (fault.code === 'INTERNAL')
    recorder.record('error', 'gateway', 'INTERNAL', {
      message: fault.message,
      stack: String((fault.cause as Error | undefined)?.stack ?? fault.stack),
    });
  return reply
    .code(reply.statusCode === 404 ? 404 : errors[fault.code].status)
    .send({ error: fault.toJSON() });
}

function listenOnSocket(app: FastifyInstance, path: string, own: WeakSet<object>): Promise<Server> {
  // What is there was left by a rayosd that was killed: the runtime folder's name follows from the state
  // folder, whose lock we hold. (Only RAYOS_RUNTIME, set by hand to one folder for two states, breaks that:
  // the newer rayosd then takes the socket over.)
  rmSync(path, { force: true });
  const server = createServer((request, response) => app.routing(request, response));
  server.on('connection', (socket: Socket) => own.add(socket));
  server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => socket.destroy());
  server.requestTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const before = process.umask(0o177);
    server.listen(path, () => {
      chmodSync(path, 0o600);
      resolve(server);
    });
    process.umask(before);
  });
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo | null)?.port ?? 0;
}

function portError(cause: unknown, port: number): RayError {
  if (
    cause instanceof Error &&
    'code' in cause &&
    (cause.code === 'EADDRINUSE' || cause.code === 'EACCES')
  ) {
    const why =
      cause.code === 'EADDRINUSE'
        ? 'another program listens there'
        : 'this user may not listen there';
    return new RayError(
      'PORT_TAKEN',
      `port ${port} cannot be used: ${why}`,
      { port, otherPort: port < 1024 ? 7600 : port + 1 },
      cause,
    );
  }
  return asRayError(cause);
}
