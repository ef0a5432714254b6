// Results about guests, in words.

import type { CommandResult, Guest } from '../../contracts/index.ts';
import { type Cell, pairs, table } from './columns.ts';
import type { Say } from './results.ts';
import { ago, bytes, clock, count, duration } from './words.ts';

export function guestList({ guests }: CommandResult<'guest.list'>, { style }: Say): string[] {
  if (guests.length === 0)
    return ['There is no guest yet. Make one: rayos guest create linux-desktop'];
  const rows = guests.map((guest): Cell[] => [
    guest.name,
    { text: stateOf(guest), paint: paintState(guest, style) },
    guest.presented ? 'on screen' : guest.state === 'running' ? 'hidden' : '–',
    guest.state === 'running' ? ago(guest.startedAt) : '–',
    guest.accelerator ?? '–',
    guest.title,
  ]);
  const lines = table(['NAME', 'STATE', 'WINDOW', 'STARTED', 'BY', 'TITLE'], rows, style);
  const failed = guests.filter((guest) => guest.state === 'failed' && guest.reason !== undefined);
  return [...lines, ...failed.map(({ name, reason }) => style.red(`${name}: ${reason}`))];
}

export function guestDetail(guest: CommandResult<'guest.show'>, { style }: Say): string[] {
  const { isolation } = guest;
  return [
    `${style.bold(guest.title)} ${style.dim(guest.name)}`,
    ...pairs(
      [
        ['state', stateOf(guest)],
        ['reason', guest.reason],
        ['window', guest.presented ? `on screen (${guest.surface ?? 'no surface'})` : 'hidden'],
        [
          'started',
          guest.startedAt === undefined
            ? undefined
            : `${clock(guest.startedAt)}, ${ago(guest.startedAt)}`,
        ],
        [
          'ready after',
          guest.readyAfterMs === undefined ? undefined : duration(guest.readyAfterMs),
        ],
        [
          'machine',
          `${guest.memoryMiB} MiB, ${count(guest.cpus, 'processor')}, from ${guest.madeFrom}`,
        ],
        ['runs on', machineOf(guest)],
        ['user', isolation.user],
        ['sandbox', isolation.sandbox],
        ['network', isolation.network],
        [
          'missing isolation',
          isolation.missing.length === 0 ? 'nothing' : isolation.missing.join('\n'),
        ],
        ['limits', guest.limits.heldBy],
        ['devices', guest.devices.join('\n')],
        ['disks', guest.disks.map(diskInWords).join('\n') || 'none'],
        [
          'folders',
          guest.folders
            .map(({ name, path, writable }) => `${name}: ${path}${writable ? ', writable' : ''}`)
            .join('\n') || 'none',
        ],
        ['snapshots', guest.snapshots.map(({ name }) => name).join(', ') || 'none'],
        [
          'at next start',
          guest.atNextStart.length === 0 ? undefined : guest.atNextStart.join('\n'),
        ],
        ['serial log', guest.serialLog],
        ['QEMU log', guest.qemuLog],
        ['created', clock(guest.createdAt)],
        ['id', guest.id],
      ],
      style,
    ).map((line) => `  ${line}`),
  ];
}

export function guestCreated(guest: CommandResult<'guest.create'>): string[] {
  return [
    `${guest.title} is created: ${guest.memoryMiB} MiB of memory, ${count(guest.cpus, 'processor')}, from ${guest.madeFrom}.`,
    `Show it: rayos guest present ${guest.name}`,
  ];
}

export function guestPresented(shown: CommandResult<'guest.present'>): string[] {
  const { guest, width, height, viewers, firstFrameAfterMs } = shown;
  // Zero: it was on screen already.
  const picture =
    firstFrameAfterMs === 0 ? 'as before' : `first picture after ${duration(firstFrameAfterMs)}`;
  const seen =
    viewers === 0
      ? 'no window is open to show it (open the desktop: rayos login)'
      : `${count(viewers, 'window')} ${viewers === 1 ? 'shows' : 'show'} it`;
  return [`${guest.title} is on screen: ${width}×${height}, ${picture}, ${seen}.`];
}

/** What a guest is after start, stop, kill or hide: said from its observed state alone. */
export function guestNow(guest: Guest): string[] {
  const { title, state } = guest;
  if (state === 'stopped') return [`${title} has stopped.`];
  if (state !== 'running')
    return [`${title} is ${state}${guest.reason ? `: ${guest.reason}` : '.'}`];
  const ready = guest.ready
    ? guest.readyAfterMs === undefined
      ? 'ready'
      : `ready after ${duration(guest.readyAfterMs)}`
    : 'its desktop is not ready yet';
  return [`${title} is running, ${guest.presented ? 'on screen' : 'hidden'}; ${ready}.`];
}

export function guestHidden(guest: Guest): string[] {
  if (guest.presented) return [`${guest.title} is still on screen.`];
  return [`${guest.title} is hidden${guest.state === 'running' ? ', and runs on' : ''}.`];
}

function stateOf(guest: Guest): string {
  return guest.state === 'running' && !guest.ready ? 'running, not ready' : guest.state;
}

function paintState({ state }: Guest, style: Say['style']): (text: string) => string {
  if (state === 'running') return style.green;
  if (state === 'failed') return style.red;
  return state === 'starting' ? style.yellow : style.dim;
}

function machineOf(guest: CommandResult<'guest.show'>): string | undefined {
  if (guest.qemuVersion === undefined && guest.pid === undefined) return undefined;
  const parts = [
    guest.qemuVersion === undefined ? undefined : `QEMU ${guest.qemuVersion}`,
    guest.accelerator,
    guest.pid === undefined ? undefined : `process ${guest.pid}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function diskInWords(disk: CommandResult<'guest.show'>['disks'][number]): string {
  const { name, format, sizeBytes, usedBytes, readOnly } = disk;
  return `${name}: ${bytes(sizeBytes)}, ${bytes(usedBytes)} used, ${format}${readOnly ? ', read-only' : ''}`;
}
