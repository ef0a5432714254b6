// Input goes only into a guest that is presented. Without `guest`, it goes to the one presented last.

import { Type } from 'typebox';
import { GuestName, GuestReference } from '../schemas.ts';
import { command } from './command.ts';

const guest = Type.Optional(GuestReference);
const x = Type.Integer({ minimum: 0, maximum: 65535, description: 'Pixels from the left' });
const y = Type.Integer({ minimum: 0, maximum: 65535, description: 'Pixels from the top' });
const button = Type.Enum(['left', 'middle', 'right']);
const Sent = Type.Object({
  guest: GuestName,
  events: Type.Integer({ description: 'Events that QEMU has taken' }),
});

export const inputCommands = {
  'input.type': command({
    summary: 'type text into the presented guest',
    cli: ['type'],
    positional: ['text'],
    arguments: Type.Object({
      text: Type.String({ minLength: 1, maxLength: 10_000, description: 'What to type' }),
      guest,
    }),
    result: Sent,
    phrases: ['type {text}', 'type {text} into {guest}'],
    sample: { text: 'hello', guest: 'linux-desktop' },
    danger: 'safe',
    exposure: 'confirm',
    redact: ['text'],
  }),
  'input.press': command({
    summary: 'press a key or a chord in the presented guest',
    cli: ['press'],
    positional: ['keys'],
    arguments: Type.Object({
      keys: Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'For example ctrl+l, alt+f4, enter',
      }),
      guest,
    }),
    result: Sent,
    phrases: ['press {keys}', 'press {keys} in {guest}'],
    sample: { keys: 'ctrl+l', guest: 'linux-desktop' },
    danger: 'safe',
    exposure: 'confirm',
    redact: ['keys'],
  }),
  'input.mouse': command({
    summary: 'move the pointer in the presented guest',
    cli: ['mouse'],
    positional: ['x', 'y'],
    arguments: Type.Object({ x, y, guest }),
    result: Sent,
    phrases: ['move the mouse to {x} {y}', 'mouse {x} {y}'],
    sample: { x: 640, y: 400 },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'input.click': command({
    summary: 'click in the presented guest, where the pointer is or at a place',
    cli: ['click'],
    positional: ['x', 'y'],
    arguments: Type.Object({
      x: Type.Optional(x),
      y: Type.Optional(y),
      button: Type.Optional(button),
      count: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 3, description: '2 for a double click' }),
      ),
      guest,
    }),
    result: Sent,
    phrases: ['click', 'click at {x} {y}', 'click {x} {y}'],
    sample: { x: 640, y: 400 },
    danger: 'safe',
    exposure: 'confirm',
  }),
} as const;
