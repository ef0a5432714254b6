// UEFI firmware (OVMF) as distributions install it: code, and the variables that a new machine begins with.

import { existsSync } from 'node:fs';
import { RayError } from '../../contracts/index.ts';

export type Firmware = { readonly code: string; readonly variables: string };

/** Without Secure Boot, whose keys a guest would have to bring. Newest form first. */
const known: readonly Firmware[] = [
  ['/usr/share/OVMF', 'OVMF_CODE_4M.fd', 'OVMF_VARS_4M.fd'], // Debian, Ubuntu
  ['/usr/share/edk2/x64', 'OVMF_CODE.4m.fd', 'OVMF_VARS.4m.fd'], // Arch
  ['/usr/share/edk2/ovmf', 'OVMF_CODE.fd', 'OVMF_VARS.fd'], // Fedora
  ['/usr/share/qemu', 'ovmf-x86_64-code.bin', 'ovmf-x86_64-vars.bin'], // openSUSE
  ['/usr/share/OVMF', 'OVMF_CODE.fd', 'OVMF_VARS.fd'],
].map(([folder, code, variables]) => ({
  code: `${folder}/${code}`,
  variables: `${folder}/${variables}`,
}));

export function findFirmware(): Firmware | undefined {
  return known.find(({ code, variables }) => existsSync(code) && existsSync(variables));
}

/** Throws NOT_ON_THIS_HOST. */
export function needFirmware(): Firmware {
  const found = findFirmware();
  if (found) return found;
  throw new RayError('NOT_ON_THIS_HOST', 'UEFI firmware is needed, and there is none here', {
    remedy: 'Install it: apt-get install ovmf (other distributions: edk2-ovmf). Then run it again.',
  });
}
