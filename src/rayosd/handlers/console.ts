// The serial console of a guest: read, followed, and typed into.

import { RayError } from '../../contracts/index.ts';
import type { Handlers } from '../../dispatch/index.ts';
import { findersOf, type HandlerParts } from './parts.ts';

const defaultLast = 16 * 1024;

export function consoleHandlers(
  parts: HandlerParts,
): Pick<Handlers, 'console.read' | 'console.write'> {
  const { guests } = parts;
  const { idOf } = findersOf(parts);
  return {
    'console.read': {
      stream: ({ guest, follow = false, last = defaultLast }, { signal }) => {
        const id = idOf(guest);
        const console = guests.console(id);
        if (follow && !console.hasRoom) {
          const { name, title } = guests.row(id);
          throw new RayError('GUEST_CANNOT', `too many read the console of ${title}`, {
            guest: name,
            remedy: 'Close one of them, or read it without --follow.',
          });
        }
        return textOf(console.read(last, follow, signal));
      },
    },
    'console.write': {
      run: ({ guest, text }) => {
        const id = idOf(guest);
        const { name, title, state } = guests.row(id);
        guests.qmp(id); // it runs, or GUEST_NOT_RUNNING
        if (state === 'paused')
          throw new RayError('GUEST_PAUSED', `${title} is paused`, { guest: name });
        const bytes = guests.console(id).type(text);
        if (bytes !== undefined) return { guest: name, bytes };
        throw new RayError('GUEST_CANNOT', `${title} does not read what was typed before`, {
          guest: name,
          remedy: 'See whether a program in it listens on its serial port, then type again.',
        });
      },
    },
  };
}

async function* textOf(pieces: AsyncIterable<string>): AsyncGenerator<{ text: string }> {
  for await (const text of pieces) yield { text };
}
