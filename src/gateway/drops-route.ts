// PUT /api/guests/<name>/drop/<token>: the bytes of a file for a guest, whose place the command `folder.drop`
// has given out. They go to the disk as they come, and are held nowhere.

import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Caller, untilGoneOrSignedOut } from './caller.ts';

/** Where the bytes go, until the signal is aborted. Throws RayError. */
export type DropDoor = {
  take(
    guest: string,
    token: string,
    body: Readable,
    signal: AbortSignal,
  ): Promise<{ file: string; bytes: number }>;
};

const maxBytes = 2 ** 40;

/** Adds the route. `callerOf` says who asks, or throws NOT_SIGNED_IN. */
export function dropRoute(
  app: FastifyInstance,
  drops: DropDoor,
  callerOf: (request: FastifyRequest) => Caller,
): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.put<{ Params: { guest: string; token: string } }>(
      '/api/guests/:guest/drop/:token',
      { schema: { hide: true }, bodyLimit: maxBytes },
      async (request, reply) => {
        const signal = untilGoneOrSignedOut(reply.raw, callerOf(request));
        const { guest, token } = request.params;
        // Without a body there is no content type, and no parser ran.
        const body = (request.body ?? request.raw) as Readable;
        return { result: await drops.take(guest, token, body, signal) };
      },
    );
  });
}
