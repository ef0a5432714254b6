// Who sent a request, and for how long it is worth answering.

import type { ServerResponse } from 'node:http';
import { RayError } from '../contracts/index.ts';
import type { Unsubscribe } from '../foundation/index.ts';
import type { Actor } from '../policy/index.ts';

export type Caller = {
  readonly actor: Actor;
  /** Calls `end` when the caller's session is signed out. A terminal has none, and never is. */
  readonly whenSignedOut?: (end: () => void) => Unsubscribe;
};

/** Aborted when the connection closes before the whole answer was sent. */
export function untilGone(response: ServerResponse): AbortController {
  const gone = new AbortController();
  // The response's own event: on the socket, which lives on, a listener would stay for each request.
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new RayError('CANCELLED', 'the caller has gone'));
  });
  return gone;
}

/** As `untilGone`, and aborted when the caller's session is signed out: for answers without an end. */
export function untilGoneOrSignedOut(response: ServerResponse, caller: Caller): AbortSignal {
  const gone = untilGone(response);
  const stop = caller.whenSignedOut?.(() =>
    gone.abort(new RayError('NOT_SIGNED_IN', 'this session has been signed out')),
  );
  response.once('close', () => stop?.());
  return gone.signal;
}
