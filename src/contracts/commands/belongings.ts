// What belongs to a guest: snapshots, disks, shared folders, the serial console, the clipboard.

import { Type } from 'typebox';
import {
  ClipboardRule,
  GuestDisk,
  GuestName,
  GuestReference,
  SharedFolder,
  Snapshot,
} from '../schemas.ts';
import { command } from './command.ts';

const guest = { guest: GuestReference };
const sample = { guest: 'linux-desktop' };
const snapshot = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Name of a snapshot: lower-case letters, digits and hyphens',
});
const folder = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,30}$',
  description: 'Name of the folder in the guest',
});

export const belongingsCommands = {
  'snapshot.list': command({
    summary: 'list the snapshots of a guest',
    cli: ['snapshot', 'list'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Type.Object({ snapshots: Type.Array(Snapshot) }),
    phrases: ['list snapshots of {guest}', 'snapshots of {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
  }),
  'snapshot.take': command({
    summary: 'keep the state of a guest as it is now: its disks, and its memory while it runs',
    cli: ['snapshot', 'take'],
    positional: ['guest', 'name'],
    arguments: Type.Object({
      ...guest,
      name: Type.Optional(snapshot),
      note: Type.Optional(Type.String({ maxLength: 200, description: 'For you to read later' })),
    }),
    result: Snapshot,
    phrases: ['take a snapshot of {guest}', 'snapshot {guest} as {name}'],
    sample: { ...sample, name: 'before-upgrade' },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'snapshot.revert': command({
    summary: 'bring a guest back to a snapshot; what came after it is lost',
    cli: ['snapshot', 'revert'],
    positional: ['guest', 'name'],
    arguments: Type.Object({ ...guest, name: snapshot }),
    result: Snapshot,
    phrases: ['revert {guest} to {name}', 'go back to snapshot {name} of {guest}'],
    sample: { ...sample, name: 'before-upgrade' },
    danger: 'destructive',
    exposure: 'deny',
  }),
  'snapshot.delete': command({
    summary: 'delete a snapshot; the guest stays as it is',
    cli: ['snapshot', 'delete'],
    positional: ['guest', 'name'],
    arguments: Type.Object({ ...guest, name: snapshot }),
    result: Type.Object({ deleted: Type.String() }),
    phrases: ['delete snapshot {name} of {guest}'],
    sample: { ...sample, name: 'before-upgrade' },
    danger: 'destructive',
    exposure: 'deny',
  }),
  'disk.resize': command({
    summary: 'make a disk of a guest larger',
    cli: ['disk', 'resize'],
    positional: ['guest', 'sizeGiB'],
    arguments: Type.Object({
      ...guest,
      sizeGiB: Type.Integer({ minimum: 1, maximum: 65_536, description: 'New size in GiB' }),
      disk: Type.Optional(
        Type.String({ maxLength: 31, description: 'Which one; default: the only writable one' }),
      ),
    }),
    result: GuestDisk,
    phrases: ['resize the disk of {guest} to {sizeGiB} GiB'],
    sample: { ...sample, sizeGiB: 64 },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'folder.share': command({
    summary: 'let a guest see a folder of this machine, read-only unless you say otherwise',
    cli: ['folder', 'share'],
    positional: ['guest', 'path'],
    arguments: Type.Object({
      ...guest,
      path: Type.String({ minLength: 1, maxLength: 4096, description: 'Folder on this machine' }),
      name: Type.Optional(folder),
      writable: Type.Optional(Type.Boolean({ description: 'The guest may change what is in it' })),
    }),
    result: SharedFolder,
    phrases: ['share {path} with {guest}'],
    sample: { ...sample, path: '/home/you/Pictures' },
    danger: 'confirm',
    exposure: 'confirm',
  }),
  'folder.unshare': command({
    summary: 'take a shared folder away from a guest; the folder stays',
    cli: ['folder', 'unshare'],
    positional: ['guest', 'name'],
    arguments: Type.Object({ ...guest, name: folder }),
    result: Type.Object({ unshared: Type.String() }),
    phrases: ['stop sharing {name} with {guest}'],
    sample: { ...sample, name: 'pictures' },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'folder.drop': command({
    summary:
      "put a file into a guest's folder for dropped files (the body goes to the path answered)",
    cli: ['folder', 'drop'],
    positional: ['guest', 'file'],
    arguments: Type.Object({
      ...guest,
      file: Type.String({ minLength: 1, maxLength: 255, description: 'Name of the file' }),
      sizeBytes: Type.Integer({ minimum: 0, maximum: 2 ** 40, description: 'Size in bytes' }),
    }),
    result: Type.Object({
      guest: GuestName,
      /** Where the file is for the guest, once it is sent. */
      inGuest: Type.String(),
      /** `PUT` the bytes there, within a minute: a path on the RayOS address. */
      upload: Type.String(),
    }),
    phrases: [],
    sample: { ...sample, file: 'letter.pdf', sizeBytes: 1024 },
    danger: 'safe',
    exposure: 'deny',
  }),
  'console.read': command({
    summary: "print a guest's serial console",
    cli: ['guest', 'console'],
    positional: ['guest'],
    arguments: Type.Object({
      ...guest,
      follow: Type.Optional(Type.Boolean({ description: 'Go on printing as it comes' })),
      last: Type.Optional(
        Type.Integer({ minimum: 0, maximum: 1 << 20, description: 'Bytes of what came before' }),
      ),
    }),
    result: Type.Object({ text: Type.String() }),
    phrases: ['show the console of {guest}'],
    sample,
    danger: 'safe',
    exposure: 'confirm',
    stream: true,
  }),
  'console.write': command({
    summary: "type into a guest's serial console",
    cli: ['console', 'write'],
    positional: ['guest', 'text'],
    arguments: Type.Object({
      ...guest,
      text: Type.String({ minLength: 1, maxLength: 10_000, description: 'What to type' }),
    }),
    result: Type.Object({ guest: GuestName, bytes: Type.Integer() }),
    phrases: [],
    sample: { ...sample, text: 'root' },
    danger: 'safe',
    exposure: 'deny',
    redact: ['text'],
  }),
  'clipboard.read': command({
    summary: "read a guest's clipboard, if you allowed it for this guest",
    cli: ['clipboard', 'read'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Type.Object({
      guest: GuestName,
      mediaType: Type.Enum(['text/plain', 'image/png', 'none']),
      /** Text itself; a picture in base64. */
      data: Type.String(),
      sequence: Type.Integer(),
    }),
    phrases: ['read the clipboard of {guest}'],
    sample,
    danger: 'safe',
    exposure: 'deny',
  }),
  'clipboard.write': command({
    summary: "put text or a picture into a guest's clipboard, if you allowed it for this guest",
    cli: ['clipboard', 'write'],
    positional: ['guest', 'data'],
    arguments: Type.Object({
      ...guest,
      mediaType: Type.Optional(Type.Enum(['text/plain', 'image/png'])),
      data: Type.String({
        maxLength: 12_000_000,
        description: 'Text itself; a picture in base64',
      }),
    }),
    result: Type.Object({ guest: GuestName, bytes: Type.Integer() }),
    phrases: [],
    sample: { ...sample, data: 'hello' },
    danger: 'safe',
    exposure: 'deny',
    redact: ['data'],
  }),
  'clipboard.rule': command({
    summary: "say whether a guest and you share a clipboard: 'allow', 'deny', or 'ask' again",
    cli: ['clipboard', 'rule'],
    positional: ['guest', 'rule'],
    arguments: Type.Object({ ...guest, rule: ClipboardRule }),
    result: Type.Object({ guest: GuestName, rule: ClipboardRule }),
    phrases: [],
    sample: { ...sample, rule: 'allow' },
    danger: 'safe',
    exposure: 'deny',
  }),
} as const;
