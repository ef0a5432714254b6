// This machine's boots.

import type { Handlers } from '../../dispatch/index.ts';
import type { HandlerParts } from './parts.ts';

export function bootHandlers({
  boot,
}: HandlerParts): Pick<Handlers, 'boot.status' | 'boot.history' | 'boot.checks'> {
  return {
    'boot.status': { run: (_args, { signal }) => boot.status(signal) },
    'boot.history': { run: ({ last }, { signal }) => boot.history(last ?? 20, signal) },
    'boot.checks': { run: ({ fresh }, { signal }) => boot.checks(fresh ?? false, signal) },
  };
}
