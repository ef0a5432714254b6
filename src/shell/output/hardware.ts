// The report on the machine's hardware, in words.

import type { CommandResult } from '../../contracts/index.ts';
import { type Cell, pairs, table } from './columns.ts';
import type { Say } from './results.ts';
import { bytes, sentence } from './words.ts';

type Hardware = CommandResult<'hardware.report'>;

export function hardware(found: Hardware, { style }: Say): string[] {
  const { missing, unknown } = found;
  return [
    ...pairs(summary(found), style),
    '',
    ...table(['WHAT', 'NAME', 'DRIVER', 'WHERE'], deviceRows(found, style), style),
    '',
    ...(missing.length === 0
      ? [style.green('Nothing is missing.')]
      : [style.bold('Missing'), ...missing.map((what) => style.yellow(`  ${sentence(what)}`))]),
    ...unknown.map((what) => style.dim(sentence(what))),
  ];
}

function summary(found: Hardware): [string, string | undefined][] {
  const { machine, cpu, screens } = found;
  const { vendor, model, firmware, firmwareVersion, secureBoot, isVirtual } = machine;
  const named = [vendor, model].filter(Boolean).join(' ');
  const boot = secureBoot === undefined ? '' : `, Secure Boot ${secureBoot ? 'on' : 'off'}`;
  const connected = screens.filter(({ isConnected }) => isConnected).map(({ name }) => name);
  const list = (names: readonly string[], none: string) =>
    names.length === 0 ? none : names.join(', ');
  return [
    ['machine', `${named || 'unnamed'}${isVirtual ? ' (virtual)' : ''}`],
    ['firmware', `${firmware}${firmwareVersion ? ` ${firmwareVersion}` : ''}${boot}`],
    ['processor', `${cpu.model}, ${cpu.threads} threads`],
    [
      'virtualization',
      cpu.virtualization === 'none' ? 'none: guests are emulated' : cpu.virtualization,
    ],
    ['memory', bytes(found.memoryBytes)],
    ['disks', list(found.disks.map(diskWords), 'none')],
    [
      'network',
      list(
        found.networks.map(
          ({ name, driver, isUp }) => `${name} (${driver}, ${isUp ? 'up' : 'down'})`,
        ),
        'none',
      ),
    ],
    ['screens', list(connected, 'none is connected')],
    ['sound', list(found.soundCards, 'none')],
    ['TPM', found.tpm ?? 'none'],
    ['watchdog', list(found.watchdogs, 'none')],
  ];
}

function diskWords({ name, model, sizeBytes, kind }: Hardware['disks'][number]): string {
  return `${name} (${[model, bytes(sizeBytes), kind].filter(Boolean).join(', ')})`;
}

function deviceRows({ devices }: Hardware, style: Say['style']): Cell[][] {
  return devices.map(({ kind, name, drivers, place, needsDriver }) => [
    kind,
    name.slice(0, 60),
    drivers.length > 0
      ? drivers.join(', ')
      : needsDriver
        ? { text: 'none', paint: style.yellow }
        : '–',
    place,
  ]);
}
