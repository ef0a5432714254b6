// UEFI firmware of a test machine (OVMF or AAVMF, as Debian and Ubuntu install it): the code, read-only, and this
// machine's own copy of its variables.

import { copyFileSync, existsSync } from 'node:fs';
import { needFirmware } from '../../src/hypervisor/index.ts';
import type { Arch, FirmwareKind } from './options.ts';

export type Firmware = {
  readonly code: string;
  /** What a new machine's variables begin with. */
  readonly template: string;
  /** Variables that only code in system management mode may write, as Secure Boot wants it. */
  readonly needsSmm: boolean;
};

const folder = '/usr/share/OVMF';

/** undefined for a machine with SeaBIOS. Throws where the firmware is not installed. */
export function firmwareFor(kind: FirmwareKind, arch: Arch): Firmware | undefined {
  if (arch !== 'x86_64' && kind !== 'uefi')
    throw new Error(`a machine with ${arch} processors has no firmware of the kind ${kind} here`);
  if (kind === 'bios') return undefined;
  if (kind === 'uefi') {
    const { code, variables } = needFirmware(arch);
    return { code, template: variables, needsSmm: false };
  }
  const code = `${folder}/OVMF_CODE_4M.secboot.fd`;
  const template = `${folder}/OVMF_VARS_4M${kind === 'uefi-secure' ? '.ms' : ''}.fd`;
  for (const file of [code, template])
    if (!existsSync(file)) throw new Error(`there is no ${file}: install the package ovmf`);
  return { code, template, needsSmm: true };
}

/** Variables as a new machine has them. */
export function freshVariables(firmware: Firmware, file: string): void {
  copyFileSync(firmware.template, file);
}

export function firmwareArguments(firmware: Firmware, variables: string): string[] {
  return [
    ...(firmware.needsSmm
      ? [
          '-global',
          'driver=cfi.pflash01,property=secure,value=on',
          '-global',
          'ICH9-LPC.disable_s3=1',
        ]
      : []),
    ...['-blockdev', block('firmware-code', firmware.code, true)],
    ...['-blockdev', block('firmware-variables', variables, false)],
  ];
}

function block(name: string, file: string, isReadOnly: boolean): string {
  const path = file.replaceAll(',', ',,');
  return `driver=raw,node-name=${name},read-only=${isReadOnly ? 'on' : 'off'},file.driver=file,file.filename=${path}`;
}
