// Results about what surrounds a guest, about settings and help, in words.

import type { CommandResult, Usage } from '../../contracts/index.ts';
import { pairs, table } from './columns.ts';
import { markdownLines as readable } from './markdown.ts';
import type { Say } from './results.ts';
import { bytes, clock, count, duration } from './words.ts';

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

export function usage(
  { guest, samples, everyMs }: CommandResult<'guest.usage'>,
  { style }: Say,
): string[] {
  const newest = samples.at(-1);
  if (newest === undefined)
    return [`Nothing is known of ${guest} yet: it is measured while it runs.`];
  const over = (of: (sample: Usage) => number) =>
    Math.max(...samples.map(of)) === 0 ? '' : plot(samples.map(of));
  return [
    style.dim(`the last ${duration(samples.length * everyMs)}, newest on the right`),
    ...pairs(
      [
        [
          'processor',
          `${newest.cpuPercent.toFixed(0)} % of one  ${over(({ cpuPercent }) => cpuPercent)}`,
        ],
        ['memory', `${newest.memoryMiB} MiB  ${over(({ memoryMiB }) => memoryMiB)}`],
        [
          'disk read',
          `${bytes(newest.diskReadBytesPerSecond)}/s  ${over((s) => s.diskReadBytesPerSecond)}`,
        ],
        [
          'disk written',
          `${bytes(newest.diskWriteBytesPerSecond)}/s  ${over((s) => s.diskWriteBytesPerSecond)}`,
        ],
      ],
      style,
    ),
  ];
}

/** Values as a row of bars, each the largest of its share. */
function plot(values: readonly number[], columns = 30): string {
  const most = Math.max(...values);
  const each = Math.max(1, Math.ceil(values.length / columns));
  const bars = '▁▂▃▄▅▆▇█';
  let line = '';
  for (let at = 0; at < values.length; at += each) {
    const value = Math.max(...values.slice(at, at + each));
    line += bars[Math.round((value / most) * (bars.length - 1))] ?? '';
  }
  return line;
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
  return found.flatMap(({ page, title, heading, text }) => [
    style.bold(heading === title ? title : `${title} · ${heading}`),
    ...readable(text, style),
    style.dim(`docs/${page}.md`),
    '',
  ]);
}
