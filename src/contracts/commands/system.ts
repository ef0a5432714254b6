// RayOS itself: status, markers, screenshots, sign-in, intents.

import { Type } from 'typebox';
import { AuditRecord, Guest, GuestReference, Picture, Probe, Status, Surface } from '../schemas.ts';
import { command } from './command.ts';

const Empty = Type.Object({});

const Marker = Type.Object({
  sequence: Type.Integer(),
  time: Type.String(),
  name: Type.String(),
  line: Type.String(),
  arguments: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
});

export const systemCommands = {
  'system.status': command({
    summary: 'say how RayOS is: version, address, policy, hypervisor',
    cli: ['status'],
    positional: [],
    arguments: Empty,
    result: Status,
    phrases: ['status', 'how are you'],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
  'system.shutdown': command({
    summary: 'stop RayOS; its guests stop or run on as policy says',
    cli: ['shutdown'],
    positional: [],
    arguments: Empty,
    result: Type.Object({ stopping: Type.Literal(true) }),
    phrases: ['shut down rayos', 'stop rayos'],
    sample: {},
    danger: 'confirm',
    exposure: 'deny',
  }),
  'hypervisor.probe': command({
    summary: 'find out what QEMU and the processor can do here',
    cli: ['probe'],
    positional: [],
    arguments: Type.Object({
      fresh: Type.Optional(
        Type.Boolean({ description: 'Try it again instead of using the kept answer' }),
      ),
    }),
    result: Probe,
    phrases: ['probe the hypervisor', 'what can this machine do'],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
  'surface.list': command({
    summary: 'list surfaces: the screens that are presented, their size and viewers',
    cli: ['surface', 'list'],
    positional: [],
    arguments: Empty,
    result: Type.Object({ surfaces: Type.Array(Surface) }),
    phrases: ['list surfaces', 'list windows'],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
  'surface.view': command({
    summary: 'open the live picture of a surface (a WebSocket; what a RayOS window does)',
    cli: ['surface', 'view'],
    positional: ['surface'],
    arguments: Type.Object({
      surface: Type.String({
        minLength: 1,
        maxLength: 80,
        description: 'Surface, from `surface list`',
      }),
    }),
    result: Type.Object({
      path: Type.String({ description: 'Path of the WebSocket on the RayOS address' }),
    }),
    phrases: [],
    sample: { surface: 'linux-desktop.0' },
    danger: 'safe',
    exposure: 'deny',
  }),
  'screenshot.guest': command({
    summary: "take a picture of a guest's screen",
    cli: ['screenshot', 'guest'],
    positional: ['guest', 'file'],
    arguments: Type.Object({ guest: GuestReference }),
    result: Picture,
    phrases: ['take a screenshot of {guest}'],
    sample: { guest: 'linux-desktop', file: 'guest.png' },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'screenshot.desktop': command({
    summary: 'take a picture of the RayOS desktop, as a browser shows it',
    cli: ['screenshot', 'desktop'],
    positional: ['file'],
    arguments: Type.Object({
      width: Type.Optional(Type.Integer({ minimum: 320, maximum: 7680, description: 'Pixels' })),
      height: Type.Optional(Type.Integer({ minimum: 240, maximum: 4320, description: 'Pixels' })),
      scheme: Type.Optional(Type.Enum(['dark', 'light'])),
    }),
    result: Picture,
    phrases: ['take a screenshot', 'take a screenshot of the desktop'],
    sample: { file: 'desktop.png' },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'log.markers': command({
    summary: 'print markers: the facts that RayOS has observed',
    cli: ['markers'],
    positional: [],
    arguments: Type.Object({
      follow: Type.Optional(Type.Boolean({ description: 'Go on printing as they happen' })),
      since: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Only those after this sequence number' }),
      ),
    }),
    result: Marker,
    phrases: ['show markers', 'what happened'],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
    stream: true,
  }),
  'desktop.events': command({
    summary: 'print what the desktop hears: the whole state when it changes, and markers',
    cli: ['events'],
    positional: [],
    arguments: Empty,
    result: Type.Union([
      Type.Object({
        type: Type.Literal('state'),
        guests: Type.Array(Guest),
        surfaces: Type.Array(Surface),
      }),
      Type.Object({ type: Type.Literal('marker'), marker: Marker }),
    ]),
    phrases: [],
    sample: {},
    danger: 'safe',
    exposure: 'deny',
    stream: true,
  }),
  'audit.list': command({
    summary: 'list who asked for what, and what came of it',
    cli: ['audit'],
    positional: [],
    arguments: Type.Object({
      last: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1000, description: 'How many, newest first' }),
      ),
    }),
    result: Type.Object({ records: Type.Array(AuditRecord) }),
    phrases: ['show the audit', 'who did what'],
    sample: {},
    danger: 'safe',
    exposure: 'deny',
  }),
  'session.link': command({
    summary: 'make a one-time address that signs a browser in',
    cli: ['login'],
    positional: [],
    arguments: Empty,
    result: Type.Object({ address: Type.String(), expiresInMs: Type.Number() }),
    phrases: ['log in', 'sign in'],
    sample: {},
    danger: 'safe',
    exposure: 'deny',
  }),
  'intent.resolve': command({
    summary: 'say which command a sentence means, without running it',
    cli: ['resolve'],
    positional: ['text'],
    arguments: Type.Object({
      text: Type.String({
        minLength: 1,
        maxLength: 1000,
        description: 'What you want, in your words',
      }),
    }),
    result: Type.Object({
      command: Type.String(),
      arguments: Type.Record(
        Type.String(),
        Type.Union([Type.String(), Type.Number(), Type.Boolean()]),
      ),
      summary: Type.String(),
    }),
    phrases: [],
    sample: { text: 'show linux desktop' },
    danger: 'safe',
    exposure: 'allow',
    redact: ['text'],
  }),
} as const;
