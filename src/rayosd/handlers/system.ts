// RayOS itself: status, markers, audit, sign-in, intents.

import { createPhraseResolver } from '../../cognition/index.ts';
import { commandOf, commands } from '../../contracts/index.ts';
import type { Handlers } from '../../dispatch/index.ts';
import { loginLifeMs } from '../../gateway/index.ts';
import { reportHardware } from '../../host/index.ts';
import { desktopEvents, markers } from '../streams.ts';
import { findersOf, type HandlerParts } from './parts.ts';

type Names =
  | 'system.status'
  | 'system.shutdown'
  | 'hypervisor.probe'
  | 'hardware.report'
  | 'log.markers'
  | 'desktop.events'
  | 'audit.list'
  | 'session.link'
  | 'intent.resolve';

export function systemHandlers(parts: HandlerParts): Pick<Handlers, Names> {
  const { recorder } = parts;
  const { list } = findersOf(parts);
  const resolver = createPhraseResolver(commands);
  return {
    'system.status': { run: () => parts.status() },
    'system.shutdown': {
      plan: () => ({
        summary: 'This stops RayOS.',
        steps: [
          'stop or keep its guests, as policy says',
          'close every window and connection',
          'end rayosd',
        ],
        target: 'rayos',
        world: recorder.bootId,
      }),
      run: (_args, { actor }) => {
        setImmediate(() => parts.shutdown(`asked by ${actor.name}`));
        return { stopping: true as const };
      },
    },
    'hypervisor.probe': {
      run: ({ fresh }, { signal }) => parts.probe({ fresh: fresh ?? false, signal }),
    },
    'hardware.report': { run: (_args, { signal }) => reportHardware({ signal }) },
    'log.markers': {
      stream: (asked, { signal }) => markers(recorder, asked, signal),
    },
    'desktop.events': {
      stream: (_args, { signal }) => desktopEvents(parts.state, recorder, signal),
    },
    'audit.list': { run: ({ last }) => ({ records: parts.audit.newest(last ?? 50) }) },
    'session.link': { run: () => ({ address: loginAddress(parts), expiresInMs: loginLifeMs }) },
    'intent.resolve': {
      run: ({ text }) => {
        const answer = resolver.resolve(text, { guests: list() });
        if (!answer.understood) {
          recorder.mark('INTENT:UNKNOWN', {});
          throw answer.error;
        }
        recorder.mark('INTENT:RESOLVED', { command: answer.command });
        return {
          command: answer.command,
          arguments: answer.arguments,
          summary: commandOf(answer.command).summary,
        };
      },
    },
  };
}

/** An address that signs one browser in, once. */
export function loginAddress({
  sessions,
  address,
}: Pick<HandlerParts, 'sessions' | 'address'>): string {
  return `${address()}#token=${sessions.offerLogin()}`;
}
