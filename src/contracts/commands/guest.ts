// Guests: virtual machines whose screens are RayOS windows.

import { Type } from 'typebox';
import { Guest, GuestDetail, GuestName, GuestReference } from '../schemas.ts';
import { command } from './command.ts';

const guest = { guest: GuestReference };
const sample = { guest: 'linux-desktop' };

export const guestCommands = {
  'guest.list': command({
    summary: 'list guests and their states',
    cli: ['guest', 'list'],
    positional: [],
    arguments: Type.Object({}),
    result: Type.Object({ guests: Type.Array(Guest) }),
    phrases: ['list guests', 'show guests', 'which guests are there'],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.show': command({
    summary: 'show one guest in detail: devices, isolation, logs',
    cli: ['guest', 'show'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: GuestDetail,
    phrases: ['describe {guest}', 'details of {guest}', 'inspect {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.create': command({
    summary: 'create a guest from a recipe',
    cli: ['guest', 'create'],
    positional: ['name'],
    arguments: Type.Object({
      name: GuestName,
      recipe: Type.Optional(
        Type.String({
          default: 'linux-desktop',
          maxLength: 63,
          description: 'Recipe in guest-images/',
        }),
      ),
      title: Type.Optional(
        Type.String({ minLength: 1, maxLength: 80, description: 'Name that people see' }),
      ),
      memoryMiB: Type.Optional(
        Type.Integer({ minimum: 256, maximum: 1048576, description: 'Memory in MiB' }),
      ),
      cpus: Type.Optional(Type.Integer({ minimum: 1, maximum: 255, description: 'Processors' })),
    }),
    result: GuestDetail,
    phrases: ['create guest {name}', 'create a guest called {name}'],
    sample: { name: 'second-desktop' },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'guest.start': command({
    summary: 'start a guest, hidden, and wait until its desktop is ready',
    cli: ['guest', 'start'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Guest,
    phrases: ['start {guest}', 'boot {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.stop': command({
    summary: 'ask a guest to shut down, and wait until it has',
    cli: ['guest', 'stop'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Guest,
    phrases: ['stop {guest}', 'shut down {guest}'],
    sample,
    danger: 'safe',
    exposure: 'confirm',
  }),
  'guest.kill': command({
    summary: 'end a guest at once, without asking it; unsaved work in it is lost',
    cli: ['guest', 'kill'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Guest,
    phrases: ['kill {guest}'],
    sample,
    danger: 'confirm',
    exposure: 'confirm',
  }),
  'guest.present': command({
    summary: "show a guest's screen in a RayOS window, starting it if need be",
    cli: ['guest', 'present'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Type.Object({
      guest: Guest,
      surface: Type.String(),
      width: Type.Integer(),
      height: Type.Integer(),
      /** Viewers (windows in browsers) that show it at this moment. */
      viewers: Type.Integer(),
      firstFrameAfterMs: Type.Number(),
    }),
    phrases: ['show {guest}', 'present {guest}', 'open {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.hide': command({
    summary: "take a guest's window away; the guest runs on",
    cli: ['guest', 'hide'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Guest,
    phrases: ['hide {guest}', 'close {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.delete': command({
    summary: 'delete a stopped guest and everything it keeps',
    cli: ['guest', 'delete'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Type.Object({ deleted: GuestName }),
    phrases: ['delete {guest}'],
    sample: { guest: 'second-desktop' },
    danger: 'destructive',
    exposure: 'deny',
  }),
} as const;
