// The report: everything together, and in sentences what is missing.

import type { CommandResult } from '../../contracts/index.ts';
import { type Device, pciDevices, usbDevices } from './devices.ts';
import { missingFirmware, readKernelLog } from './kernel-log.ts';
import * as parts from './parts.ts';
import { parseMemTotal, readProcessor } from './processor.ts';
import { connectors } from './screens.ts';
import { KernelTree } from './tree.ts';

type Hardware = CommandResult<'hardware.report'>;

export type ReportOptions = {
  /** Default: this machine. */
  readonly tree?: KernelTree;
  /** The kernel's words on firmware; undefined where they cannot be read. */
  readonly kernelLog?: (signal?: AbortSignal) => Promise<string | undefined>;
  readonly signal?: AbortSignal;
};

/** Looks at the machine. Changes nothing, needs no right; what cannot be looked at is said. */
export async function reportHardware(options: ReportOptions = {}): Promise<Hardware> {
  const { tree = new KernelTree(), kernelLog = readKernelLog, signal } = options;
  const { isVirtual, ...cpu } = await readProcessor(tree);
  const log = await kernelLog(signal);
  const devices = [...(await pciDevices(tree)), ...(await usbDevices(tree))];
  const tpm = await parts.tpmVersion(tree);
  return {
    machine: await parts.firmwareSays(tree, isVirtual),
    cpu,
    memoryBytes: parseMemTotal((await tree.text('proc/meminfo')) ?? ''),
    disks: await parts.disks(tree),
    networks: await parts.networks(tree),
    screens: connectors(tree.pathOf('sys/class/drm')),
    soundCards: await parts.soundCards(tree),
    ...(tpm && { tpm }),
    watchdogs: await parts.watchdogs(tree),
    devices,
    missing: [...devices.flatMap(withoutDriver), ...missingFirmware(log ?? '').map(notFound)],
    unknown:
      log === undefined
        ? ["RayOS may not read the kernel's log here: firmware that is missing is not told"]
        : [],
  };
}

function withoutDriver({ kind, name, place, id, drivers, needsDriver }: Device): string[] {
  if (!needsDriver || drivers.length > 0) return [];
  return [`no driver for ${kind}: ${name}${name === id ? '' : ` (${id})`}, at ${place}`];
}

function notFound(file: string): string {
  return `a driver asked for the firmware ${file}, which is not in this system`;
}
