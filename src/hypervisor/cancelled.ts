// What is thrown when somebody's signal ended a wait.

import { asRayError, RayError } from '../contracts/errors.ts';

/** `thrown` as a RayError; CANCELLED when it is the reason of `signal`, whatever that is. */
export function asOutcome(thrown: unknown, signal: AbortSignal | undefined): RayError {
  if (thrown instanceof RayError || signal?.aborted !== true) return asRayError(thrown);
  return new RayError('CANCELLED', 'the operation was cancelled', {}, thrown);
}
