// A shaped link for a bench: starts the relay, says at which ports it is, and ends it.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { own } from '../../src/foundation/index.ts';
import type { Shape } from './pacer.ts';
import type { RelayAnswer, RelayRequest } from './relay.ts';

export type ShapedLink = AsyncDisposable & {
  /** Of loopback, each leading to the port that was asked for. */
  readonly ports: readonly number[];
};

/** Opens one link to each of these ports of this machine. */
export async function openLink(shape: Shape, to: readonly number[]): Promise<ShapedLink> {
  const child = fork(join(import.meta.dirname, 'relay.ts'), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const owned = own(child);
  const answer = new Promise<RelayAnswer>((resolve, reject) => {
    child.once('message', (message) => resolve(message as RelayAnswer));
    child.once('exit', () => reject(new Error('the relay ended')));
  });
  child.send({ shape, to } satisfies RelayRequest);
  try {
    const { ports } = await answer;
    return { ports, [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose]() };
  } catch (thrown) {
    await owned[Symbol.asyncDispose]();
    throw thrown;
  }
}
