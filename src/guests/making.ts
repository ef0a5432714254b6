// A guest made from a file: look, propose, note the guest down, make its files, say that it is made. The row
// is there before any file is, and says that it is in the making; whatever ends it before the last step
// (an error, Ctrl-C, kill -9) is mended by removing the files and then the row.

import { existsSync, rmSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { type CommandArguments, type Proposal, RayError } from '../contracts/index.ts';
import { makeDirectory } from '../foundation/index.ts';
import {
  createDisk,
  type Found,
  findFirmware,
  type ImageWork,
  lookAt,
  needFirmware,
  openFile,
  resizeDisk,
} from '../hypervisor/index.ts';
import { syncFolders, variablesFile } from './belongings.ts';
import { copyWhole, importFile, writeEsp } from './copy.ts';
import { guestUser, type Places } from './places.ts';
import { initrdNames, propose } from './propose.ts';
import type { GuestRow, NewGuest } from './registry.ts';
import { type GuestSpec, plainSpec } from './spec.ts';

/** What `guest.create` asks for, made from a file. */
export type WantedFrom = CommandArguments<'guest.create'> & { readonly from: string };

export type Plan = {
  readonly found: Found;
  readonly proposal: Proposal;
  readonly initrd: string | undefined;
  readonly diskGiB: number | undefined;
  readonly guest: NewGuest;
};

/** Tells a step, and how far it is where that is known. */
export type OnStep = (step: string, fraction?: number) => void;

const gib = 2 ** 30;
const systemDisk = { name: 'system', file: 'system.qcow2', format: 'qcow2' } as const;
const kernelFile = 'kernel';
const initrdFile = 'initrd';

/** Looks at a file. Throws FILE_UNREADABLE, FILE_UNKNOWN, FILE_CORRUPT, GUEST_CANNOT. */
export async function proposeFor(file: string, signal: AbortSignal): Promise<Proposal> {
  return (await look(file, undefined, signal)).proposal;
}

/** What will be made, with what the person wants otherwise. Makes nothing. */
export async function planFrom(wanted: WantedFrom, signal: AbortSignal): Promise<Plan> {
  const { found, proposal, initrd } = await look(wanted.from, wanted.initrd, signal);
  const firmware = wanted.firmware ?? proposal.firmware;
  checkFirmware(found, firmware);
  if (firmware === 'uefi') needFirmware();
  if (found.kind !== 'kernel' && (wanted.initrd ?? wanted.commandLine) !== undefined)
    throw wrong('only a kernel takes an initial RAM disk and a command line');
  const diskGiB = wanted.diskGiB ?? proposal.newDiskGiB;
  const hasDisk = found.kind === 'disk' || found.kind === 'efi' || diskGiB !== undefined;
  if (found.kind === 'disk' && (wanted.diskGiB ?? Infinity) * gib < found.virtualBytes)
    throw wrong(`the disk in ${proposal.file} is larger than ${wanted.diskGiB} GiB`);
  const spec: GuestSpec = {
    ...plainSpec,
    madeFrom: `${basename(proposal.file)}: ${proposal.found}`,
    making: 'its files were being made',
    agent: false,
    firmware,
    display: proposal.display,
    disks: hasDisk ? [{ ...systemDisk, bus: proposal.disks }] : [],
    ...(found.kind === 'iso' ? { cdrom: proposal.file } : {}),
    ...(found.kind === 'kernel'
      ? {
          kernel: {
            file: kernelFile,
            ...(initrd === undefined ? {} : { initrd: initrdFile }),
            commandLine: wanted.commandLine ?? '',
          },
        }
      : {}),
    heads: wanted.heads ?? 1,
    network: wanted.network ?? 'off',
  };
  return {
    found,
    proposal,
    initrd,
    diskGiB,
    guest: {
      name: wanted.name,
      title: wanted.title ?? proposal.suggestedTitle,
      recipe: 'file',
      memoryMiB: wanted.memoryMiB ?? proposal.memoryMiB,
      cpus: wanted.cpus ?? proposal.cpus,
      spec,
    },
  };
}

/** A specification of a guest whose files are all there: the newest one, since it may be changed meanwhile. */
export function madeOf({ making: _, ...spec }: GuestSpec): GuestSpec {
  return spec;
}

/** Makes the guest's files, durably. */
export async function makeFiles(
  row: GuestRow,
  plan: Plan,
  places: Places,
  onStep: OnStep,
  signal: AbortSignal,
): Promise<void> {
  const { found, proposal, diskGiB, initrd } = plan;
  const { spec } = row;
  const work = (step: string): ImageWork => {
    onStep(step);
    // Its files are given to its user while they are written, which only root may do.
    const user = process.getuid?.() === 0 ? guestUser(row) : {};
    return { ...user, signal, onFraction: (part) => onStep(step, part) };
  };
  const at = (file: string) => join(places.disksDir, file);
  const system = at(systemDisk.file);
  const sizeBytes = diskGiB === undefined ? undefined : diskGiB * gib;
  makeDirectory(places.disksDir);
  if (found.kind === 'kernel') {
    // Readable by all, in a folder that is closed to all: QEMU opens it anew through a descriptor.
    await copyWhole(proposal.file, at(kernelFile), 0o644, work('copying the kernel'));
    if (initrd !== undefined)
      await copyWhole(initrd, at(initrdFile), 0o644, work('copying the initial RAM disk'));
  }
  if (found.kind === 'disk') {
    await importFile(proposal.file, found.format, system, work('copying what is in the image'));
    if (sizeBytes !== undefined) await resizeDisk({ file: system }, sizeBytes, signal);
  } else if (found.kind === 'efi') {
    const esp = at('esp.tmp');
    await writeEsp(proposal.file, esp, work('making a disk for the EFI application'));
    await importFile(esp, 'raw', system, work('making a disk for the EFI application'));
    rmSync(esp);
  } else if (sizeBytes !== undefined) {
    work('making an empty disk');
    await createDisk({ file: system }, sizeBytes, signal);
  }
  if (spec.firmware === 'uefi') {
    const { variables } = needFirmware();
    await importFile(variables, 'raw', at(variablesFile), work('copying firmware variables'));
  }
  onStep('making it durable');
  syncFolders(places);
}

async function look(
  file: string,
  givenInitrd: string | undefined,
  signal: AbortSignal,
): Promise<{ found: Found; proposal: Proposal; initrd: string | undefined }> {
  for (const path of [file, givenInitrd])
    if (path !== undefined && !isAbsolute(path))
      throw new RayError('FILE_UNREADABLE', `${path} is no full path, such as /home/you/${path}`);
  const { found, sizeBytes } = await lookAt(file, signal);
  if (givenInitrd !== undefined) await (await openFile(givenInitrd)).close();
  const beside = initrdNames(file).map((name) => join(dirname(file), name));
  const isKernel = found.kind === 'kernel' && !found.isMemtest;
  const initrd = givenInitrd ?? (isKernel ? beside.find((path) => existsSync(path)) : undefined);
  const host = {
    hasUefi: findFirmware() !== undefined,
    cpus: availableParallelism(),
    memoryMiB: Math.floor(totalmem() / 2 ** 20),
  };
  return { found, initrd, proposal: propose(found, { file, sizeBytes, initrd }, host) };
}

function checkFirmware(found: Found, firmware: GuestSpec['firmware']): void {
  if ((found.kind === 'kernel') === (firmware === 'kernel')) return;
  throw wrong(
    found.kind === 'kernel'
      ? 'a kernel is started directly: leave --firmware out'
      : 'only a kernel can be started directly: choose bios or uefi as its firmware',
  );
}

function wrong(what: string): RayError {
  return new RayError('BAD_REQUEST', what, { command: 'guest create' });
}
