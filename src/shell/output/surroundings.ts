// Results about what surrounds a guest, about settings and help, in words.

import type { CommandResult } from '../../contracts/index.ts';
import { pairs, table } from './columns.ts';
import type { Say } from './results.ts';
import { bytes, clock, count } from './words.ts';

export function proposal(made: CommandResult<'guest.propose'>, { style }: Say): string[] {
  const { found, firmware, memoryMiB, cpus, newDiskGiB, display, disks, virtualBytes } = made;
  const starts = { kernel: 'directly', bios: 'by BIOS', uefi: 'by UEFI' }[firmware];
  const disk =
    newDiskGiB !== undefined
      ? `new, ${newDiskGiB} GiB, ${disks}`
      : virtualBytes !== undefined
        ? `a copy of what is in the file, ${bytes(virtualBytes)}, ${disks}`
        : undefined;
  return [
    style.bold(found),
    ...pairs(
      [
        ['file', `${made.file}, ${bytes(made.sizeBytes)}`],
        ['machine', `${memoryMiB} MiB, ${count(cpus, 'processor')}, starts ${starts}`],
        ['disk', disk],
        ['screen', display],
        ['why', made.reasons.join('\n')],
        ['beware', made.warnings.length === 0 ? undefined : made.warnings.join('\n')],
      ],
      style,
    ).map((line) => `  ${line}`),
  ];
}

export function usage({ samples }: CommandResult<'guest.usage'>, { style }: Say): string[] {
  const newest = samples.at(-1);
  if (newest === undefined) return ['Nothing has been measured yet.'];
  return pairs(
    [
      ['processor', `${newest.cpuPercent.toFixed(0)} %`],
      ['memory', `${newest.memoryMiB.toFixed(0)} MiB`],
    ],
    style,
  );
}

export function snapshots(
  { snapshots: all }: CommandResult<'snapshot.list'>,
  { style }: Say,
): string[] {
  if (all.length === 0) return ['There is no snapshot yet.'];
  const rows = all.map(({ name, created, withMemory, note }) => [
    name,
    clock(created),
    withMemory ? 'disks and memory' : 'disks',
    note ?? '',
  ]);
  return table(['NAME', 'TAKEN', 'KEEPS', 'NOTE'], rows, style);
}

export function settings(all: CommandResult<'settings.show'>, { style }: Say): string[] {
  return pairs(
    Object.entries(all).map(([name, value]) => [name, String(value)]),
    style,
  );
}

export function passages(
  { passages: found }: CommandResult<'help.search'>,
  { style }: Say,
): string[] {
  if (found.length === 0) return ['The documentation says nothing about that.'];
  return found.flatMap(({ title, heading, text }) => [
    style.bold(`${title}: ${heading}`),
    text,
    '',
  ]);
}
