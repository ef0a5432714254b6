// What a guest is made of, beyond its name: kept as JSON in the registry, checked when it is read back.

import { type Static, Type } from 'typebox';
import Value from 'typebox/value';
import {
  ClipboardRule,
  Firmware,
  GuestLimits,
  NetworkProfile,
  RayError,
  SharedFolder,
} from '../contracts/index.ts';

const DiskSpec = Type.Object({
  /** Stable over the guest's life; the block node's name, and what snapshots name. */
  name: Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }),
  /** A name within the guest's own `disks` folder. */
  file: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$' }),
  format: Type.Enum(['qcow2', 'raw']),
  bus: Type.Enum(['virtio', 'sata']),
  /** The read-only image that a qcow2 disk begins with, by the key that names it in the image store. */
  base: Type.Optional(Type.String()),
});
export type DiskSpec = Static<typeof DiskSpec>;

export const GuestSpec = Type.Object({
  /** What it was made from, in words. */
  madeFrom: Type.String(),
  /** Set while its files are being made; a guest that still has it when RayOS starts is half made. */
  making: Type.Optional(Type.String()),
  /**
   * Whether RayOS's agent is in it. Such a guest is ready when its agent says so; any other is ready as soon
   * as its machine runs, since nobody inside will ever say more.
   */
  agent: Type.Boolean(),
  firmware: Firmware,
  /** A kernel of its own: names within its `disks` folder. Without one, the recipe's image has it. */
  kernel: Type.Optional(
    Type.Object({
      file: Type.String(),
      initrd: Type.Optional(Type.String()),
      commandLine: Type.String(),
    }),
  ),
  display: Type.Enum(['virtio-gpu', 'virtio-vga', 'vga']),
  disks: Type.Array(DiskSpec),
  /** An ISO, by its full path: read where it lies. */
  cdrom: Type.Optional(Type.String()),
  heads: Type.Integer({ minimum: 1, maximum: 4 }),
  network: NetworkProfile,
  forwards: Type.Array(Type.Object({ host: Type.Integer(), guest: Type.Integer() })),
  folders: Type.Array(SharedFolder),
  limits: GuestLimits,
  autostart: Type.Boolean(),
  sound: Type.Boolean(),
  clipboard: ClipboardRule,
});
export type GuestSpec = Static<typeof GuestSpec>;

/** What guests made before there were specifications are: a recipe's kernel, and nothing to keep. */
export const plainSpec: GuestSpec = {
  madeFrom: 'a recipe',
  agent: true,
  firmware: 'kernel',
  display: 'virtio-gpu',
  disks: [],
  heads: 1,
  network: 'off',
  forwards: [],
  folders: [],
  limits: {},
  autostart: false,
  sound: false,
  clipboard: 'ask',
};

/** Reads a specification back. Throws INTERNAL for what the registry cannot have written. */
export function parseSpec(text: string): GuestSpec {
  const value: unknown = JSON.parse(text);
  const whole = { ...plainSpec, ...(value as Partial<GuestSpec>) };
  if (!Value.Check(GuestSpec, whole))
    throw new RayError('INTERNAL', 'the registry holds a guest that it cannot have written');
  return whole;
}
