// Results about RayOS itself, in words.

import type { CommandResult } from '../../contracts/index.ts';
import { type Cell, pairs, table } from './columns.ts';
import { displayWords } from './display.ts';
import type { Say } from './results.ts';
import { clock, count, duration } from './words.ts';

export function status(now: CommandResult<'system.status'>, { style }: Say): string[] {
  const { policy, qemu } = now;
  return [
    `${style.bold(`RayOS ${now.version}`)} is running at ${now.address}`,
    ...pairs(
      [
        ['for', `${duration(now.uptimeMs)} (process ${now.pid}, Node ${now.node})`],
        [
          'policy',
          policy.safeMode
            ? style.yellow(`safe mode: ${policy.reason ?? `${policy.file} is broken`}`)
            : `${policy.profile} (${policy.file})`,
        ],
        [
          'guests run on',
          qemu === undefined
            ? now.qemuMissing === undefined
              ? 'not tried yet (rayos probe does)'
              : style.red(now.qemuMissing)
            : `QEMU ${qemu.version}, ${qemu.accelerator}: ${qemu.why}`,
        ],
        ['safe mode', now.safeMode === undefined ? undefined : style.yellow(now.safeMode)],
        ['desktop', now.display && displayWords(now.display)],
        ['keeps its state in', now.stateDir],
        ['log', now.logFile],
        ['boot', now.bootId],
      ],
      style,
    ).map((line) => `  ${line}`),
  ];
}

export function probe(found: CommandResult<'hypervisor.probe'>, { style }: Say): string[] {
  return pairs(
    [
      ['QEMU', `${found.version} (${found.binary})`],
      ['accelerator', `${found.accelerator}: ${found.why}`],
      ['display', found.displayDbus ? 'D-Bus' : style.red('no D-Bus display')],
      [
        'pixels by',
        found.sharedMemory ? 'shared memory' : 'messages (shared memory comes with QEMU 9.2)',
      ],
      ['devices', `${found.devices.length} known${listed(found.devices)}`],
      [
        'answer',
        found.cached ? 'kept from before (rayos probe --fresh tries again)' : 'found out just now',
      ],
    ],
    style,
  );
}

export function surfaces(list: CommandResult<'surface.list'>, { style }: Say): string[] {
  if (list.surfaces.length === 0) return ['Nothing is on screen.'];
  const rows = list.surfaces.map((surface): Cell[] => [
    surface.id,
    surface.guest,
    `${surface.width}×${surface.height}`,
    { map: 'shared memory', message: 'messages', none: '–' }[surface.path],
    String(surface.viewers),
    String(surface.framesRead),
    String(surface.framerPid ?? '–'),
  ]);
  return table(
    ['SURFACE', 'GUEST', 'SIZE', 'PIXELS BY', 'WINDOWS', 'FRAMES', 'FRAMER'],
    rows,
    style,
  );
}

export function audit({ records }: CommandResult<'audit.list'>, { style }: Say): string[] {
  if (records.length === 0) return ['Nobody has asked for anything yet.'];
  const rows = records.map((record): Cell[] => [
    clock(record.time),
    record.actor,
    record.command,
    {
      text:
        record.outcome === 'failed' || record.outcome === 'denied'
          ? `${record.outcome} (${record.code ?? '?'})`
          : record.outcome,
      paint:
        record.outcome === 'done'
          ? style.green
          : record.outcome === 'consent-needed'
            ? style.yellow
            : style.red,
    },
    duration(record.durationMs),
    JSON.stringify(record.arguments) === '{}' ? '' : JSON.stringify(record.arguments),
  ]);
  return table(['TIME', 'WHO', 'COMMAND', 'OUTCOME', 'TOOK', 'WITH'], rows, style);
}

export function marker(record: CommandResult<'log.markers'>, { style, isTerminal }: Say): string[] {
  return [isTerminal ? `${style.dim(clock(record.time))}  ${record.line}` : record.line];
}

export function desktopEvent(event: CommandResult<'desktop.events'>, say: Say): string[] {
  if (event.type === 'marker') return marker(event.marker, say);
  if (event.type === 'clipboard')
    return [`The clipboard of ${event.guest} holds ${event.mediaType}, ${event.sizeBytes} bytes.`];
  if (event.type === 'progress') return [`${event.what}: ${event.step}`];
  const { guests, surfaces: shown } = event;
  return [say.style.dim(`${count(guests.length, 'guest')}, ${shown.length} on screen`)];
}

export function link(made: CommandResult<'session.link'>, { style, isTerminal }: Say): string[] {
  if (!isTerminal) return [made.address];
  return [
    made.address,
    style.dim(
      `Signs one browser in, once, within ${Math.round(made.expiresInMs / 60_000)} minutes.`,
    ),
  ];
}

export function picture(taken: {
  width: number;
  height: number;
  file?: string;
  size?: string;
}): string[] {
  return [`${taken.file ?? 'the picture'}: ${taken.width}×${taken.height}, ${taken.size ?? ''}`];
}

export function sent(verb: string, { guest, events }: CommandResult<'input.type'>): string[] {
  return [`${verb} ${guest}: it has taken ${count(events, 'event')}.`];
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : `, among them ${names.slice(0, 4).join(', ')}`;
}
