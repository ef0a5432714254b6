// POST /api/commands/<name> for every row of the table. The body and the answer are the contract's
// CommandRequest and CommandAnswer; streams answer one JSON value a line.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { asRayError, commandNames, commandOf, errors, RayError } from '../contracts/index.ts';
import { ConsentNeeded, type Dispatch } from '../dispatch/index.ts';
import type { Actor } from '../policy/index.ts';

type Asked = { readonly arguments?: unknown; readonly consent?: string };

/** Adds the routes. `actorOf` says who asks, or throws NOT_SIGNED_IN. */
export function commandRoutes(
  app: FastifyInstance,
  dispatch: Dispatch,
  actorOf: (request: FastifyRequest) => Actor,
): void {
  for (const name of commandNames) {
    const declaration = commandOf(name);
    app.post(`/api/commands/${name}`, {
      schema: {
        operationId: name,
        summary: declaration.summary,
        body: Type.Object({
          arguments: declaration.arguments,
          consent: Type.Optional(Type.String()),
        }),
        response: {
          200: declaration.stream
            ? declaration.result
            : Type.Object({ result: declaration.result }),
        },
      },
      handler: (request, reply) =>
        (declaration.stream ? stream : answer)(dispatch, name, actorOf(request), request, reply),
    });
  }
  app.post('/api/commands/*', (request) => {
    actorOf(request);
    throw new RayError(
      'UNKNOWN_COMMAND',
      `there is no command "${request.url.split('/').at(-1)?.slice(0, 80)}"`,
    );
  });
}

async function answer(
  dispatch: Dispatch,
  command: string,
  actor: Actor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const gone = new AbortController();
  request.raw.socket.once('close', () =>
    gone.abort(new RayError('CANCELLED', 'the caller has gone')),
  );
  const asked = askedOf(request.body);
  try {
    const result = await dispatch.run({ command, ...asked }, { actor, signal: gone.signal });
    return { result };
  } catch (thrown) {
    if (!(thrown instanceof ConsentNeeded)) throw thrown;
    reply.code(errors.CONSENT_NEEDED.status);
    return { error: thrown.toJSON(), plan: thrown.plan, consent: thrown.consent };
  }
}

async function stream(
  dispatch: Dispatch,
  command: string,
  actor: Actor,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const gone = new AbortController();
  const values = await dispatch.stream(
    { command, ...askedOf(request.body) },
    { actor, signal: gone.signal },
  );
  reply.hijack();
  const { raw } = reply;
  raw.once('close', () => gone.abort(new RayError('CANCELLED', 'the caller has gone')));
  raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  raw.flushHeaders();
  try {
    for await (const value of values) {
      if (!raw.write(`${JSON.stringify(value)}\n`)) await drained(raw, gone.signal);
    }
  } catch (thrown) {
    if (!gone.signal.aborted) raw.write(`${JSON.stringify({ error: asRayError(thrown) })}\n`);
  }
  raw.end();
}

function drained(raw: FastifyReply['raw'], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    raw.once('drain', resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function askedOf(body: unknown): { arguments: unknown; consent?: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new RayError('BAD_REQUEST', 'the body must be a JSON object with "arguments"');
  }
  const { arguments: args = {}, consent } = body as Asked;
  if (consent !== undefined && typeof consent !== 'string')
    throw new RayError('BAD_REQUEST', '"consent" must be text');
  return { arguments: args, ...(consent === undefined ? {} : { consent }) };
}
