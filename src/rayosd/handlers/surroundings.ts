// What surrounds a guest: console, clipboard, usage; and what belongs to the person: settings, help.

import { RayError } from '../../contracts/index.ts';
import type { Handlers } from '../../dispatch/index.ts';
import { usageEveryMs } from '../../guests/index.ts';
import { findersOf, type HandlerParts } from './parts.ts';

type Names =
  | 'guest.usage'
  | 'guest.open'
  | 'console.read'
  | 'console.write'
  | 'clipboard.read'
  | 'clipboard.write'
  | 'clipboard.rule'
  | 'settings.show'
  | 'settings.set'
  | 'help.search';

export function surroundingsHandlers(parts: HandlerParts): Pick<Handlers, Names> {
  const { guests, surroundings, settings, help } = parts;
  const { idOf } = findersOf(parts);
  const nameOf = (id: string) => guests.row(id).name;
  return {
    'guest.usage': {
      run: ({ guest }) => {
        const id = idOf(guest);
        return { guest: nameOf(id), everyMs: usageEveryMs, samples: surroundings.usage(id) };
      },
    },
    'guest.open': {
      run: async ({ guest, what }, { signal }) => {
        const id = idOf(guest);
        await surroundings.open(id, what, signal);
        return { guest: nameOf(id), opened: what };
      },
    },
    'console.read': {
      stream: ({ guest, ...options }, { signal }) =>
        surroundings.console(idOf(guest), given(options), signal),
    },
    'console.write': {
      run: ({ guest, text }) => {
        const id = idOf(guest);
        return { guest: nameOf(id), bytes: surroundings.writeConsole(id, text) };
      },
    },
    'clipboard.read': {
      run: ({ guest }) => {
        const id = idOf(guest);
        const { clip, sequence } = surroundings.readClipboard(id);
        if (clip === undefined)
          return { guest: nameOf(id), mediaType: 'none' as const, data: '', sequence };
        const { mediaType, bytes } = clip;
        const data = bytes.toString(mediaType === 'image/png' ? 'base64' : 'utf8');
        return { guest: nameOf(id), mediaType, data, sequence };
      },
    },
    'clipboard.write': {
      run: ({ guest, data, mediaType }) => {
        const id = idOf(guest);
        const isPicture = mediaType === 'image/png';
        const bytes = isPicture ? fromBase64(data) : Buffer.from(data);
        surroundings.writeClipboard(id, {
          mediaType: isPicture ? 'image/png' : 'text/plain',
          bytes,
        });
        return { guest: nameOf(id), bytes: bytes.length };
      },
    },
    'clipboard.rule': {
      run: ({ guest, rule }) => {
        const id = idOf(guest);
        surroundings.setClipboardRule(id, rule);
        return { guest: nameOf(id), rule };
      },
    },
    'settings.show': { run: () => settings.show() },
    'settings.set': { run: (changes) => settings.set(changes) },
    'help.search': { run: ({ text, limit }) => ({ passages: help.search(text, limit) }) },
  };
}

function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function fromBase64(data: string): Buffer {
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return Buffer.from(data, 'base64');
  throw new RayError('BAD_REQUEST', 'a picture is given in base64', { command: 'clipboard write' });
}
