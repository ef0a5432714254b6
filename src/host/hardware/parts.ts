// Disks, networks, sound, TPM, watchdogs, and what the firmware says of the machine.

import type { CommandResult } from '../../contracts/index.ts';
import type { KernelTree } from './tree.ts';

type Hardware = CommandResult<'hardware.report'>;

const secureBootVariable =
  'sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

export async function firmwareSays(
  tree: KernelTree,
  isVirtual: boolean,
): Promise<Hardware['machine']> {
  const dmi = (name: string) => tree.text(`sys/class/dmi/id/${name}`);
  const [vendor, model, version, date] = await Promise.all(
    ['sys_vendor', 'product_name', 'bios_version', 'bios_date'].map(dmi),
  );
  // Four bytes of attributes, then the value (UEFI 2.10, 3.3).
  const secureBoot = (await tree.bytes(secureBootVariable))?.[4];
  return {
    ...(vendor && { vendor }),
    ...(model && { model }),
    firmware: (await tree.has('sys/firmware/efi')) ? 'UEFI' : 'BIOS',
    ...(version && { firmwareVersion: [version, date].filter(Boolean).join(', ') }),
    ...(secureBoot === undefined ? {} : { secureBoot: secureBoot === 1 }),
    isVirtual,
  };
}

export async function disks(tree: KernelTree): Promise<Hardware['disks']> {
  const names = (await tree.list('sys/block')).filter((name) => /^(sd|nvme|vd|mmcblk)/.test(name));
  return Promise.all(
    names.map(async (name) => {
      const read = (file: string) => tree.text(`sys/block/${name}/${file}`);
      const [size, removable, rotational, model] = await Promise.all(
        ['size', 'removable', 'queue/rotational', 'device/model'].map(read),
      );
      const kind = removable === '1' ? 'removable' : rotational === '1' ? 'spinning' : 'flash';
      return { name, ...(model && { model }), sizeBytes: sectors(size) * 512, kind };
    }),
  );
}

function sectors(text: string | undefined): number {
  return /^\d{1,13}$/.test(text ?? '') ? Number(text) : 0;
}

/** Cards alone: bridges and the like have no device below them. */
export async function networks(tree: KernelTree): Promise<Hardware['networks']> {
  const found = await Promise.all(
    (await tree.list('sys/class/net')).map(async (name) => {
      const driver = await tree.target(`sys/class/net/${name}/device/driver`);
      const isUp = (await tree.text(`sys/class/net/${name}/operstate`)) === 'up';
      return driver === undefined ? undefined : { name, driver, isUp };
    }),
  );
  return found.filter((card) => card !== undefined);
}

/** Names of sound cards, from /proc/asound/cards. */
export function parseSoundCards(text: string): string[] {
  return [...text.matchAll(/^ *\d+ \[[^\]]*\]: *(.{1,200})$/gm)].map(([, name = '']) =>
    name.replace(/^\S+ - /, '').trim(),
  );
}

export async function soundCards(tree: KernelTree): Promise<string[]> {
  return parseSoundCards((await tree.text('proc/asound/cards')) ?? '');
}

export async function tpmVersion(tree: KernelTree): Promise<string | undefined> {
  const major = await tree.text('sys/class/tpm/tpm0/tpm_version_major');
  return major === undefined ? undefined : `${major}.0`;
}

export async function watchdogs(tree: KernelTree): Promise<string[]> {
  const names = await tree.list('sys/class/watchdog');
  const found = names.map((name) => tree.text(`sys/class/watchdog/${name}/identity`));
  return (await Promise.all(found)).filter((identity) => identity !== undefined);
}
