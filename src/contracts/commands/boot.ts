// What a boot of this machine came to: which version runs and why, how boots ended, whether this one is good.

import { Type } from 'typebox';
import { BootChecks, BootHistory, BootStatus } from '../boot-schemas.ts';
import { command } from './command.ts';

export const bootCommands = {
  'boot.status': command({
    summary: 'say which version runs and why, how far this boot has come, and what starts next',
    cli: ['boot', 'status'],
    positional: [],
    arguments: Type.Object({}),
    result: BootStatus,
    phrases: [
      'boot status',
      'why did it boot this version',
      'which version runs',
      'what starts next',
    ],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
  'boot.history': command({
    summary: 'list the boots of this machine, newest first, and how each ended',
    cli: ['boot', 'history'],
    positional: [],
    arguments: Type.Object({
      last: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 500, description: 'How many, newest first' }),
      ),
    }),
    result: BootHistory,
    phrases: ['show boot history', 'boot history', 'why did it reboot'],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
  'boot.checks': command({
    summary: 'list what decides whether this boot is good, and what each check found',
    cli: ['boot', 'checks'],
    positional: [],
    arguments: Type.Object({
      fresh: Type.Optional(
        Type.Boolean({ description: 'Ask all of them now instead of telling the newest answers' }),
      ),
    }),
    result: BootChecks,
    phrases: ['show boot checks', 'boot checks', 'is this boot good'],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
} as const;
