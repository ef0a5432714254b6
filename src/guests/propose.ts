// From what a file is to the machine that suits it: a pure function, with a sentence for each choice.

import { basename } from 'node:path';
import type { Proposal } from '../contracts/index.ts';
import type { DiskContent, Found } from '../hypervisor/index.ts';

export type Host = {
  readonly hasUefi: boolean;
  readonly cpus: number;
  readonly memoryMiB: number;
};

export type FileFacts = {
  readonly file: string;
  readonly sizeBytes: number;
  /** The initial RAM disk that belongs to a kernel. */
  readonly initrd?: string | undefined;
};

type Choice = Pick<
  Proposal,
  'found' | 'kind' | 'format' | 'firmware' | 'memoryMiB' | 'display' | 'disks'
> & {
  readonly newDiskGiB?: number;
  readonly virtualBytes?: number;
  readonly title?: string;
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
};

/** What would be made of `found`. */
export function propose(found: Found, facts: FileFacts, host: Host): Proposal {
  const { title, reasons, warnings, ...choice } = choose(found, facts, host);
  const memoryMiB = Math.min(choice.memoryMiB, Math.max(256, Math.floor(host.memoryMiB / 2)));
  const cpus = Math.max(1, Math.min(2, host.cpus));
  const less = `It gets ${memoryMiB} MiB of memory: half of what this machine has.`;
  return {
    ...choice,
    file: facts.file,
    sizeBytes: facts.sizeBytes,
    memoryMiB,
    cpus,
    ...namesOf(title, facts.file),
    reasons: [
      ...reasons,
      ...(memoryMiB < choice.memoryMiB ? [less] : []),
      'Its network is off until you open it: rayos guest set NAME --network nat',
    ],
    warnings: [...warnings],
  };
}

function choose(found: Found, facts: FileFacts, host: Host): Choice {
  switch (found.kind) {
    case 'iso':
      return forIso(found, facts, host);
    case 'disk':
      return forDisk(found, host);
    case 'kernel':
      return forKernel(found, facts);
    case 'efi':
      return {
        found: 'EFI application',
        kind: 'kernel',
        format: 'EFI application',
        firmware: 'uefi',
        memoryMiB: 1024,
        display: 'virtio-vga',
        disks: 'virtio',
        reasons: [
          'It starts by UEFI: only that can run it. It is put on a small disk of its own.',
          screenReason,
        ],
        warnings: uefiWarnings(host),
      };
  }
}

const screenReason =
  'Its screen is virtio-vga: its firmware and boot loader can be seen, and a Linux draws on it fast.';
const windowsReasons = [
  'Its screen is a standard VGA and its disks are SATA: Windows has drivers for these, and none for virtio.',
];
const windowsWarning =
  'Windows has not been tried with RayOS. Windows 11 asks for a TPM, which RayOS does not give yet: docs/windows.md.';

/** What the firmware is, and why. */
function firmwareFor(
  boots: { readonly bios: boolean; readonly uefi: boolean; readonly prefersUefi: boolean },
  host: Host,
): { readonly firmware: 'bios' | 'uefi'; readonly reason: string; readonly warnings: string[] } {
  const { bios, uefi, prefersUefi } = boots;
  if (uefi && (!bios || (prefersUefi && host.hasUefi))) {
    const reason = bios
      ? 'It starts by UEFI, which it can as well as BIOS.'
      : 'It starts by UEFI: it has nothing that a BIOS could boot.';
    return { firmware: 'uefi', reason, warnings: uefiWarnings(host) };
  }
  if (bios)
    return {
      firmware: 'bios',
      reason: uefi
        ? 'It starts by BIOS, which it can as well as UEFI, and which is quicker.'
        : 'It starts by BIOS: it has nothing that UEFI could boot.',
      warnings: [],
    };
  return {
    firmware: 'bios',
    reason: 'It starts by BIOS, since nothing in it says otherwise.',
    warnings: ['RayOS found nothing in it that firmware could boot: it may not start.'],
  };
}

function uefiWarnings({ hasUefi }: Host): string[] {
  return hasUefi ? [] : ['UEFI firmware is missing here. Install it: apt-get install ovmf'];
}

function forIso(found: Extract<Found, { kind: 'iso' }>, facts: FileFacts, host: Host): Choice {
  const { isWindows, bootsBios: bios, bootsUefi: uefi, label } = found;
  const { firmware, reason, warnings } = firmwareFor({ bios, uefi, prefersUefi: isWindows }, host);
  const name = found.system || (isWindows ? `Windows (${label})` : label) || 'a disc';
  const ways = [bios ? 'BIOS' : '', uefi ? 'UEFI' : ''].filter((way) => way !== '');
  const isSmall = facts.sizeBytes < 64 * 1024 * 1024;
  const gib = isWindows ? 64 : 20;
  const nothing = 'RayOS found no boot entry on it: it may be a disc of data.';
  return {
    found: `${name} (ISO 9660, ${ways.length === 0 ? 'no boot entry' : `boots by ${ways.join(' and ')}`})`,
    kind: 'iso',
    format: 'ISO 9660',
    firmware,
    memoryMiB: isWindows ? 4096 : isSmall ? 512 : 2048,
    display: isWindows ? 'vga' : 'virtio-vga',
    disks: isWindows ? 'sata' : 'virtio',
    ...(isSmall ? {} : { newDiskGiB: gib }),
    title: found.system.split('"')[0]?.trim() || (isWindows ? 'Windows' : ''),
    reasons: [
      reason,
      ...(isSmall
        ? ['It gets no disk: so small a disc is a tool, and installs nothing.']
        : [
            `It gets a new, empty disk of ${gib} GiB, which takes room only as it fills. Firmware tries the disk first, then the disc.`,
          ]),
      ...(isWindows ? windowsReasons : [screenReason]),
      'The disc is read where it lies, and never written to.',
    ],
    warnings: [
      ...(ways.length === 0 ? [nothing] : warnings),
      ...(isWindows ? [windowsWarning] : []),
    ],
  };
}

function forDisk(found: Extract<Found, { kind: 'disk' }>, host: Host): Choice {
  const { content, format, variant, virtualBytes } = found;
  const isWindows = content?.isWindows === true;
  const bios = content?.hasBiosLoader === true;
  const uefi = content?.hasEsp === true;
  const { firmware, reason, warnings } = firmwareFor({ bios, uefi, prefersUefi: true }, host);
  const name = format === 'vpc' ? 'vhd' : format;
  const kind = variant === '' ? name : `${name}, ${variant}`;
  return {
    found: `disk image (${kind}) of ${gibOf(virtualBytes)}: ${wordsOf(content)}`,
    kind: 'disk',
    format: name,
    virtualBytes,
    firmware,
    memoryMiB: isWindows ? 4096 : 2048,
    display: isWindows ? 'vga' : 'virtio-vga',
    disks: isWindows ? 'sata' : 'virtio',
    reasons: [
      reason,
      'What is in it is copied to a qcow2 of the guest; the file itself is never written to.',
      ...(isWindows ? windowsReasons : [screenReason]),
    ],
    warnings: [...warnings, ...(isWindows ? [windowsWarning] : [])],
  };
}

function wordsOf(content: DiskContent | undefined): string {
  if (!content) return 'no partitions that RayOS could see';
  const files = content.filesystems.length === 0 ? '' : `, ${content.filesystems.join(', ')}`;
  if (content.table === 'none') return `no partition table${files}`;
  const count = `${content.partitions} partition${content.partitions === 1 ? '' : 's'}`;
  return `${count} (${content.table.toUpperCase()})${files}${content.isWindows ? ', Windows' : ''}`;
}

function forKernel(found: Extract<Found, { kind: 'kernel' }>, facts: FileFacts): Choice {
  const { format, isMemtest, version } = found;
  const name = isMemtest ? version : version === '' ? 'Linux kernel' : `Linux ${version}`;
  const initrd = facts.initrd;
  return {
    found: `${name} (${format === 'bzImage' ? 'bzImage' : 'vmlinux with a PVH entry'})`,
    kind: 'kernel',
    format,
    firmware: 'kernel',
    memoryMiB: isMemtest ? 512 : 1024,
    display: 'virtio-vga',
    disks: 'virtio',
    title: isMemtest ? 'Memtest86+' : '',
    reasons: [
      'It is started directly, without a boot loader.',
      initrd === undefined
        ? isMemtest
          ? 'It needs no initial RAM disk.'
          : 'It starts without an initial RAM disk: there is none beside it, and none was given.'
        : `Its initial RAM disk is ${initrd}.`,
      'It, and what belongs to it, is copied: the guest does not need the file any more.',
      screenReason,
    ],
    warnings:
      initrd === undefined && !isMemtest
        ? ['Most kernels need an initial RAM disk: give it with --initrd FILE']
        : [],
  };
}

function gibOf(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 1 ? `${Number(gib.toFixed(1))} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** A name for the guest, from what it is, or else from the file's name. */
function namesOf(
  title: string | undefined,
  file: string,
): Pick<Proposal, 'suggestedName' | 'suggestedTitle'> {
  const plain = basename(file).replace(
    /\.(iso|img|raw|qcow2|vmdk|vhdx?|bin|efi|bz|gz)(\.|$)/gi,
    '',
  );
  const text = (title || plain || 'guest').slice(0, 60).trim();
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return { suggestedName: name || 'guest', suggestedTitle: text || 'Guest' };
}

/** Where the initial RAM disk of a kernel usually lies. */
export function initrdNames(kernel: string): string[] {
  const name = basename(kernel);
  const version = /^vmlinu[xz]-(.+)$/.exec(name)?.[1];
  return [
    ...(version === undefined
      ? []
      : [`initrd.img-${version}`, `initramfs-${version}.img`, `initrd-${version}`]),
    ...(/^(linux|vmlinu[xz]|bzImage)$/i.test(name) ? ['initrd.gz', 'initrd.img', 'initrd'] : []),
  ];
}
