// What the machine below is made of.

import { Type } from 'typebox';
import { command } from './command.ts';

const text = (description: string) => Type.Optional(Type.String({ description }));

const Device = Type.Object({
  kind: Type.String({ description: 'graphics, network, storage, sound, USB, … or another' }),
  name: Type.String({ description: 'As the database of hardware names it, else its number' }),
  place: Type.String({ description: 'Where the kernel has it: pci 0000:00:02.0, usb 1-4' }),
  id: Type.String({ description: 'Vendor and device, hexadecimal' }),
  drivers: Type.Array(Type.String()),
  /** Bridges and the like are as they should be without one. */
  needsDriver: Type.Boolean(),
});

export const Hardware = Type.Object({
  machine: Type.Object({
    vendor: text('As the firmware says'),
    model: text('As the firmware says'),
    firmware: Type.String({ description: 'UEFI or BIOS' }),
    firmwareVersion: text('As it says itself'),
    secureBoot: Type.Optional(Type.Boolean()),
    isVirtual: Type.Boolean(),
  }),
  cpu: Type.Object({
    model: Type.String(),
    threads: Type.Integer(),
    virtualization: Type.String({ description: 'vmx, svm, or none' }),
  }),
  memoryBytes: Type.Number(),
  disks: Type.Array(
    Type.Object({
      name: Type.String(),
      model: text('As it says itself'),
      sizeBytes: Type.Number(),
      kind: Type.String({ description: 'flash, spinning or removable' }),
    }),
  ),
  networks: Type.Array(
    Type.Object({ name: Type.String(), driver: Type.String(), isUp: Type.Boolean() }),
  ),
  screens: Type.Array(Type.Object({ name: Type.String(), isConnected: Type.Boolean() })),
  soundCards: Type.Array(Type.String()),
  tpm: text('Its version'),
  watchdogs: Type.Array(Type.String()),
  devices: Type.Array(Device),
  /** What does not work, in sentences; empty when nothing is missing. */
  missing: Type.Array(Type.String()),
  /** What could not be looked at here, in sentences. */
  unknown: Type.Array(Type.String()),
});

export const hardwareCommands = {
  'hardware.report': command({
    summary: 'say what this machine is made of, which driver has what, and what is missing',
    cli: ['hardware', 'report'],
    positional: [],
    arguments: Type.Object({}),
    result: Hardware,
    phrases: [
      'hardware report',
      'what hardware is in this machine',
      'show the hardware',
      'which drivers are missing',
    ],
    sample: {},
    danger: 'safe',
    exposure: 'allow',
  }),
} as const;
