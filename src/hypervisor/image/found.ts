// What a look at a file found. It crosses from the process that looked, so it is a schema.

import { type Static, Type } from 'typebox';

const text = Type.String({ maxLength: 400 });
const size = Type.Integer({ minimum: 0 });

/** What is on a disk, as far as its first sectors tell. */
export const DiskContent = Type.Object({
  table: Type.Enum(['gpt', 'mbr', 'none']),
  partitions: size,
  /** It has an EFI system partition. */
  hasEsp: Type.Boolean(),
  /** Its first sector has a boot loader for a BIOS. */
  hasBiosLoader: Type.Boolean(),
  isWindows: Type.Boolean(),
  /** Of the partitions, or of the whole disk: ext4, NTFS … */
  filesystems: Type.Array(text, { maxItems: 16 }),
});
export type DiskContent = Static<typeof DiskContent>;

export const Found = Type.Union([
  Type.Object({
    kind: Type.Literal('iso'),
    label: text,
    /** What it says of itself: "Debian GNU/Linux 13.1.0 …"; empty when it does not. */
    system: text,
    isWindows: Type.Boolean(),
    bootsBios: Type.Boolean(),
    bootsUefi: Type.Boolean(),
  }),
  Type.Object({
    kind: Type.Literal('disk'),
    format: Type.Enum(['raw', 'qcow2', 'vmdk', 'vpc', 'vhdx']),
    /** Of the format: "stream-optimised", "dynamic"; empty where there is one only. */
    variant: text,
    virtualBytes: size,
    content: Type.Optional(DiskContent),
  }),
  Type.Object({
    kind: Type.Literal('kernel'),
    format: Type.Enum(['bzImage', 'vmlinux']),
    version: text,
    isMemtest: Type.Boolean(),
  }),
  Type.Object({ kind: Type.Literal('efi') }),
]);
export type Found = Static<typeof Found>;

export const Look = Type.Union([
  Type.Object({ found: Found }),
  Type.Object({
    fault: Type.Object({
      code: Type.Enum(['FILE_UNKNOWN', 'FILE_CORRUPT', 'FILE_UNREADABLE', 'GUEST_CANNOT']),
      message: Type.String({ maxLength: 1000 }),
      remedy: Type.Optional(Type.String({ maxLength: 1000 })),
    }),
  }),
]);
export type Look = Static<typeof Look>;
