// A guest made from a file: look, propose, note the guest down, make its files, say that it is made. The row
// is there before any file is, and says that it is in the making; whatever ends it before the last step
// (an error, Ctrl-C, kill -9) is mended by removing the files and then the row.

import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type CommandArguments, type Proposal, RayError } from '../contracts/index.ts';
import { syncDirectory } from '../foundation/index.ts';
import {
  createDisk,
  espLayout,
  type Found,
  findFirmware,
  growDisk,
  type ImageWork,
  importDisk,
  lookAt,
  mayOpen,
  needFirmware,
  openFile,
} from '../hypervisor/index.ts';
import { makeOwnFile, makeOwnFolder, ownFile, variablesFile } from './belongings.ts';
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
const discFile = 'disc.iso';

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
    making: 'its files are being made',
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

/** Makes the guest's files, durably; answers with its specification as it is when all is there. */
export async function makeFiles(
  row: GuestRow,
  plan: Plan,
  places: Places,
  onStep: OnStep,
  signal: AbortSignal,
): Promise<GuestSpec> {
  const user = guestUser(row);
  const { found, proposal, diskGiB } = plan;
  const { making: _, ...made } = row.spec;
  await makeOwnFolder(row, places);
  const work: ImageWork = { ...user, signal };
  const copy = async (from: string, file: string, step: string) => {
    await copyFile(from, makeOwnFile(row, places, file), (part) => onStep(step, part), signal);
  };
  let spec: GuestSpec = made;
  switch (found.kind) {
    case 'kernel':
      await copy(proposal.file, kernelFile, 'copying the kernel');
      if (plan.initrd !== undefined)
        await copy(plan.initrd, initrdFile, 'copying the initial RAM disk');
      break;
    case 'iso':
      if (await mayOpen(proposal.file, 'read', user)) break;
      await copy(proposal.file, discFile, "copying the disc, which the guest's user may not read");
      spec = { ...spec, cdrom: discFile };
      break;
    case 'disk': {
      const target = makeOwnFile(row, places, systemDisk.file);
      const step = 'copying what is in the disk image';
      const onFraction = (part: number) => onStep(step, part);
      onStep(step);
      await throughOwnFile(row, places, proposal.file, onStep, signal, (source) =>
        importDisk(source, found.format, target, { ...work, onFraction }),
      );
      if (diskGiB !== undefined) await growDisk(target, diskGiB * gib, work);
      break;
    }
    case 'efi': {
      onStep('making a disk for the EFI application');
      const disk = makeOwnFile(row, places, 'esp.tmp');
      await writeEsp(proposal.file, disk, signal);
      await importDisk(disk, 'raw', makeOwnFile(row, places, systemDisk.file), work);
      rmSync(disk);
    }
  }
  const isNew = found.kind === 'iso' || found.kind === 'kernel';
  if (isNew && diskGiB !== undefined) {
    onStep('making an empty disk');
    await createDisk(makeOwnFile(row, places, systemDisk.file), diskGiB * gib, work);
  }
  if (spec.firmware === 'uefi') {
    onStep('copying the firmware variables');
    const variables = makeOwnFile(row, places, variablesFile);
    await importDisk(needFirmware().variables, 'raw', variables, work);
  }
  onStep('making it durable');
  for (const { file } of spec.disks) syncFile(ownFile(places, file));
  if (spec.firmware === 'uefi') syncFile(ownFile(places, variablesFile));
  for (const folder of [ownFile(places, ''), places.stateDir, dirname(places.stateDir)])
    syncDirectory(folder);
  return spec;
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

/** Lets `work` read a file as the guest's user: where it lies, or else a copy that is removed afterwards. */
async function throughOwnFile(
  row: GuestRow,
  places: Places,
  file: string,
  onStep: OnStep,
  signal: AbortSignal,
  work: (source: string) => Promise<void>,
): Promise<void> {
  if (await mayOpen(file, 'read', guestUser(row))) return await work(file);
  const copy = makeOwnFile(row, places, 'import.tmp');
  const step = "reading the disk image, which the guest's user may not";
  await copyFile(file, copy, (part) => onStep(step, part), signal);
  await work(copy);
  rmSync(copy);
}

/** Copies into a file that is there, and syncs it. The original is opened for reading only. */
async function copyFile(
  from: string,
  to: string,
  onFraction: (fraction: number) => void,
  signal: AbortSignal,
  at = 0,
): Promise<void> {
  const file = await openFile(from);
  const { size } = await file.stat();
  let done = 0;
  const source = createReadStream('', { fd: file, highWaterMark: 1024 * 1024, end: size });
  source.on('data', (chunk) => {
    done += chunk.length;
    onFraction(size === 0 ? 1 : Math.min(1, done / size));
  });
  try {
    const target = createWriteStream(to, { flags: 'r+', start: at, flush: true });
    await pipeline(source, target, { signal });
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code !== 'ENOSPC' && code !== 'EDQUOT') throw thrown;
    throw new RayError('STATE_UNWRITABLE', `there is no room for a copy of ${from}`, { path: to });
  }
}

/** Writes a disk that starts the EFI application. */
async function writeEsp(application: string, disk: string, signal: AbortSignal): Promise<void> {
  const layout = espLayout(statSync(application).size);
  const fd = openSync(disk, 'r+');
  try {
    writeSync(fd, layout.head);
    ftruncateSync(fd, layout.totalBytes);
  } finally {
    closeSync(fd);
  }
  await copyFile(application, disk, () => undefined, signal, layout.fileAt);
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function wrong(what: string): RayError {
  return new RayError('BAD_REQUEST', what, { command: 'guest create' });
}
