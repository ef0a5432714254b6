// Guests: virtual machines whose screens are RayOS windows.

import { Type } from 'typebox';
import {
  ClipboardRule,
  Firmware,
  Guest,
  GuestDetail,
  GuestLimits,
  GuestName,
  GuestReference,
  NetworkProfile,
  Proposal,
  Usage,
} from '../schemas.ts';
import { command } from './command.ts';

const guest = { guest: GuestReference };
const sample = { guest: 'linux-desktop' };
const from = Type.String({
  minLength: 1,
  maxLength: 4096,
  description: 'An ISO, a disk image (qcow2, raw, vmdk, vhd, vhdx) or a kernel',
});
const memoryMiB = Type.Integer({ minimum: 64, maximum: 1048576, description: 'Memory in MiB' });
const cpus = Type.Integer({ minimum: 1, maximum: 255, description: 'Processors' });
const heads = Type.Integer({ minimum: 1, maximum: 4, description: 'Screens, a window each' });

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
  'guest.propose': command({
    summary: 'look at an ISO, a disk image or a kernel, and say which machine would be made for it',
    cli: ['guest', 'propose'],
    positional: ['from'],
    arguments: Type.Object({ from }),
    result: Proposal,
    phrases: ['look at {from}'],
    sample: { from: 'debian-13.iso' },
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.create': command({
    summary: 'create a guest from a recipe, or from an ISO, a disk image or a kernel',
    cli: ['guest', 'create'],
    positional: ['name'],
    arguments: Type.Object({
      name: GuestName,
      recipe: Type.Optional(
        Type.String({
          maxLength: 63,
          description:
            'Recipe in guest-images/; default: the one called like the guest, else linux-desktop',
        }),
      ),
      from: Type.Optional(from),
      initrd: Type.Optional(
        Type.String({ minLength: 1, maxLength: 4096, description: 'Initial RAM disk of a kernel' }),
      ),
      commandLine: Type.Optional(
        Type.String({ maxLength: 2000, description: 'Command line of a kernel' }),
      ),
      title: Type.Optional(
        Type.String({ minLength: 1, maxLength: 80, description: 'Name that people see' }),
      ),
      memoryMiB: Type.Optional(memoryMiB),
      cpus: Type.Optional(cpus),
      firmware: Type.Optional(Firmware),
      diskGiB: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 65_536, description: 'Size of a new disk in GiB' }),
      ),
      heads: Type.Optional(heads),
      network: Type.Optional(NetworkProfile),
    }),
    result: GuestDetail,
    phrases: ['create guest {name}', 'create a guest called {name}'],
    sample: { name: 'second-desktop' },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'guest.set': command({
    summary: 'change a guest: memory, processors, network, screens, limits, autostart',
    cli: ['guest', 'set'],
    positional: ['guest'],
    arguments: Type.Object({
      ...guest,
      memoryMiB: Type.Optional(memoryMiB),
      cpus: Type.Optional(cpus),
      heads: Type.Optional(heads),
      network: Type.Optional(NetworkProfile),
      forward: Type.Optional(
        Type.String({
          pattern: '^([0-9]{1,5}:[0-9]{1,5}(,[0-9]{1,5}:[0-9]{1,5})*)?$',
          maxLength: 200,
          description: 'Ports of 127.0.0.1 that lead to ports of the guest: 8080:80,2222:22',
        }),
      ),
      autostart: Type.Optional(
        Type.Boolean({ description: 'Start it, hidden, whenever RayOS starts' }),
      ),
      sound: Type.Optional(Type.Boolean({ description: 'Whether it has a sound card' })),
      clipboard: Type.Optional(ClipboardRule),
      ...GuestLimits.properties,
    }),
    result: GuestDetail,
    phrases: ['give {guest} {memoryMiB} MiB of memory'],
    sample: { ...sample, memoryMiB: 2048 },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'guest.rename': command({
    summary: 'give a guest another name, or another title',
    cli: ['guest', 'rename'],
    positional: ['guest', 'name'],
    arguments: Type.Object({
      ...guest,
      name: Type.Optional(GuestName),
      title: Type.Optional(
        Type.String({ minLength: 1, maxLength: 80, description: 'Name that people see' }),
      ),
    }),
    result: Guest,
    phrases: ['rename {guest} to {name}'],
    sample: { ...sample, name: 'work' },
    danger: 'safe',
    exposure: 'confirm',
  }),
  'guest.clone': command({
    summary: 'make a new guest with a copy of the disks of a stopped one',
    cli: ['guest', 'clone'],
    positional: ['guest', 'name'],
    arguments: Type.Object({
      ...guest,
      name: GuestName,
      title: Type.Optional(
        Type.String({ minLength: 1, maxLength: 80, description: 'Name that people see' }),
      ),
    }),
    result: GuestDetail,
    phrases: ['clone {guest} as {name}', 'copy {guest} to {name}'],
    sample: { ...sample, name: 'second-desktop' },
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
    summary: 'ask a guest to shut down, twice if need be, and wait until it has',
    cli: ['guest', 'stop'],
    positional: ['guest'],
    arguments: Type.Object({
      ...guest,
      kill: Type.Optional(
        Type.Boolean({ description: 'End it if it has been asked twice and still runs' }),
      ),
    }),
    result: Type.Object({
      ...Guest.properties,
      /** What was done, in order: asked through the agent, asked by the power button, killed. */
      steps: Type.Array(
        Type.Object({ step: Type.Enum(['agent', 'power-button', 'kill']), afterMs: Type.Number() }),
      ),
    }),
    phrases: ['stop {guest}', 'shut down {guest}'],
    sample,
    danger: 'safe',
    exposure: 'confirm',
  }),
  'guest.pause': command({
    summary: "stop a guest's processors; its memory stays as it is",
    cli: ['guest', 'pause'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Guest,
    phrases: ['pause {guest}', 'freeze {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.resume': command({
    summary: 'let a paused or suspended guest go on where it was',
    cli: ['guest', 'resume'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Guest,
    phrases: ['resume {guest}', 'continue {guest}', 'wake {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
  }),
  'guest.suspend': command({
    summary:
      'save a running guest to disk and end its machine; it goes on there when it is started',
    cli: ['guest', 'suspend'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Guest,
    phrases: ['suspend {guest}', 'put {guest} to sleep', 'save the state of {guest}'],
    sample,
    danger: 'safe',
    exposure: 'confirm',
  }),
  'guest.open': command({
    summary: 'open a program, a file or an address inside a guest, by name',
    cli: ['guest', 'open'],
    positional: ['guest', 'what'],
    arguments: Type.Object({
      ...guest,
      what: Type.String({
        minLength: 1,
        maxLength: 500,
        description: 'For example firefox, Documents/letter.txt, https://www.debian.org',
      }),
    }),
    result: Type.Object({ guest: GuestName, opened: Type.String() }),
    phrases: ['open {what} in {guest}', 'start {what} in {guest}'],
    sample: { what: 'terminal', ...sample },
    danger: 'safe',
    exposure: 'confirm',
    redact: ['what'],
  }),
  'guest.usage': command({
    summary: 'say what a guest uses: processor, memory, disk, network, over the last minutes',
    cli: ['guest', 'usage'],
    positional: ['guest'],
    arguments: Type.Object(guest),
    result: Type.Object({
      guest: GuestName,
      /** Oldest first, one every `everyMs`. */
      everyMs: Type.Integer(),
      samples: Type.Array(Usage),
    }),
    phrases: ['how much does {guest} use', 'usage of {guest}'],
    sample,
    danger: 'safe',
    exposure: 'allow',
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
