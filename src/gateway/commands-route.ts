// POST /api/commands/<name> for every row of the table. The body and the answer are the contract's
// CommandRequest and CommandAnswer; streams answer one JSON value a line.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { asRayError, commandNames, commandOf, errors, RayError } from '../contracts/index.ts';
import { ConsentNeeded, type Dispatch } from '../dispatch/index.ts';
import { type Caller, untilGone, untilGoneOrSignedOut } from './caller.ts';
import { sendAll } from './events.ts';

type Asked = { readonly arguments?: unknown; readonly consent?: string };

/** A picture of the clipboard in base64, and what JSON adds to a text. */
const clipboardBytes = 16 * 1024 * 1024;

/** Adds the routes. `callerOf` says who asks, or throws NOT_SIGNED_IN. */
export function commandRoutes(
  app: FastifyInstance,
  dispatch: Dispatch,
  callerOf: (request: FastifyRequest) => Caller,
): void {
  for (const name of commandNames) {
    const declaration = commandOf(name);
    app.post(`/api/commands/${name}`, {
      ...(name === 'clipboard.write' ? { bodyLimit: clipboardBytes } : {}),
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
        (declaration.stream ? stream : answer)(dispatch, name, callerOf(request), request, reply),
    });
  }
  app.post('/api/commands/*', (request) => {
    callerOf(request);
    throw new RayError(
      'UNKNOWN_COMMAND',
      `there is no command "${request.url.split('/').at(-1)?.slice(0, 80)}"`,
    );
  });
}

async function answer(
  dispatch: Dispatch,
  command: string,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { signal } = untilGone(reply.raw);
  const { actor } = caller;
  const asked = askedOf(request.body);
  try {
    const result = await dispatch.run({ command, ...asked }, { actor, signal });
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
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { raw } = reply;
  const signal = untilGoneOrSignedOut(raw, caller);
  const values = await dispatch.stream(
    { command, ...askedOf(request.body) },
    { actor: caller.actor, signal },
  );
  reply.hijack();
  raw.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  raw.flushHeaders();
  const line = (value: unknown) => `${JSON.stringify(value)}\n`;
  try {
    await sendAll(raw, values, line, signal);
    signal.throwIfAborted();
  } catch (thrown) {
    if (!raw.destroyed) raw.write(line({ error: asRayError(thrown) }));
  }
  raw.end();
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
