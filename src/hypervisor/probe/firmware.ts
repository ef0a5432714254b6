// UEFI firmware (OVMF; AAVMF for 64-bit ARM) as distributions install it: code, and the variables that a new machine begins with.

import { existsSync } from 'node:fs';
import { RayError } from '../../contracts/index.ts';

export type Firmware = { readonly code: string; readonly variables: string };

export type Processor = 'x86_64' | 'aarch64';

const packages = {
  x86_64: 'ovmf (other distributions: edk2-ovmf)',
  aarch64: 'qemu-efi-aarch64 (other distributions: edk2-aarch64)',
};

/** Without Secure Boot, whose keys a guest would have to bring. Newest form first. */
const known: readonly Firmware[] = [
  ['/usr/share/OVMF', 'OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'], // Debian, Ubuntu
  ['/usr/share/edk2/x64', 'OVMF_CODE.4m.fd', 'OVMF_VARS.4m.fd'], // Arch
  ['/usr/share/edk2/ovmf', 'OVMF_CODE.fd', 'OVMF_VARS.fd'], // Fedora
  ['/usr/share/qemu', 'ovmf-x86_64-code.bin', 'ovmf-x86_64-vars.bin'], // openSUSE
  ['/usr/share/OVMF', 'OVMF_CODE.fd', 'OVMF_VARS.fd'],
].map(inFolder);

/** The same for 64-bit ARM. Debian 12 has one for both, without keys. */
const knownForArm: readonly Firmware[] = [
  ['/usr/share/AAVMF', 'AAVMF_CODE.no-secboot.fd', 'AAVMF_VARS.fd'], // Debian 13, Ubuntu
  ['/usr/share/AAVMF', 'AAVMF_CODE.fd', 'AAVMF_VARS.fd'],
  ['/usr/share/edk2/aarch64', 'QEMU_EFI-pflash.raw', 'vars-template-pflash.raw'], // Fedora
].map(inFolder);

function inFolder([folder, code, variables]: readonly string[]): Firmware {
  return { code: `${folder}/${code}`, variables: `${folder}/${variables}` };
}

/** For a machine with these processors; guests of RayOS have x86-64 ones. */
export function findFirmware(processor: Processor = 'x86_64'): Firmware | undefined {
  const all = processor === 'aarch64' ? knownForArm : known;
  return all.find(({ code, variables }) => existsSync(code) && existsSync(variables));
}

/** Throws NOT_ON_THIS_HOST. */
export function needFirmware(processor: Processor = 'x86_64'): Firmware {
  const found = findFirmware(processor);
  if (found) return found;
  throw new RayError('NOT_ON_THIS_HOST', 'UEFI firmware is needed, and there is none here', {
    remedy: `Install it: apt-get install ${packages[processor]}. Then run it again.`,
  });
}
