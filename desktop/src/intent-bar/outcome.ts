// What a command observed, in words. The general form serves every command of the table; those that
// people use most have their own sentence.

import type {
  CommandName,
  CommandResult,
  Guest,
  Picture,
  Status,
} from '../../../src/contracts/index.ts';
import { bytes, labelOf, spell } from '../guests/words.ts';

export type Told = {
  readonly sentence: string;
  /** Name and value, for answers that are more than a sentence. */
  readonly rows?: readonly (readonly [string, string])[];
  readonly lines?: readonly string[];
  readonly picture?: Picture & { readonly fileName: string };
};

type Tellers = { readonly [N in CommandName]?: (result: CommandResult<N>) => Told };

const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
const about = (guest: Guest, what: string): Told => ({ sentence: `${guest.title} ${what}` });

const tellers: Tellers = {
  'guest.present': ({ guest, width, height, firstFrameAfterMs }) => ({
    sentence:
      firstFrameAfterMs === 0
        ? `${guest.title} is on screen already, ${width} × ${height}.`
        : `${guest.title} is on screen, ${width} × ${height}; its picture came after ${spell(firstFrameAfterMs)}.`,
  }),
  'guest.hide': (guest) =>
    about(guest, guest.state === 'running' ? 'is hidden. It runs on.' : 'is hidden.'),
  'guest.start': (guest) =>
    about(
      guest,
      guest.ready && guest.readyAfterMs !== undefined
        ? `runs and was ready after ${spell(guest.readyAfterMs)}.`
        : 'runs.',
    ),
  'guest.stop': (guest) => about(guest, 'has stopped.'),
  'guest.kill': (guest) => about(guest, 'was ended.'),
  'guest.create': (guest) => about(guest, 'was created. It is stopped.'),
  'guest.delete': ({ deleted }) => ({ sentence: `${deleted} was deleted.` }),
  'guest.list': ({ guests }) => ({
    sentence:
      guests.length === 0
        ? 'There are no guests yet.'
        : `There ${guests.length === 1 ? 'is' : 'are'} ${count(guests.length, 'guest')}.`,
    rows: guests.map((g) => [g.title, g.reason ? `${labelOf(g)}: ${g.reason}` : labelOf(g)]),
  }),
  'guest.show': (guest) => ({
    sentence: `${guest.title}: ${labelOf(guest).toLowerCase()}.`,
    rows: [
      ['Name', guest.name],
      ['Recipe', guest.recipe],
      ['Memory', `${guest.memoryMiB} MiB`],
      ['Processors', String(guest.cpus)],
      ...(guest.accelerator ? [['Accelerator', guest.accelerator.toUpperCase()] as const] : []),
      ...(guest.qemuVersion ? [['QEMU', guest.qemuVersion] as const] : []),
      ['Runs as', guest.isolation.user],
      ['Sandbox', guest.isolation.sandbox],
      ['Network', guest.isolation.network],
      ...(guest.isolation.missing.length > 0
        ? [['Missing', guest.isolation.missing.join('; ')] as const]
        : []),
      ['Devices', guest.devices.join(', ')],
      ['Serial log', guest.serialLog],
      ['QEMU log', guest.qemuLog],
    ],
  }),
  'guest.pause': (guest) => about(guest, 'is paused. Its memory stays as it is.'),
  'guest.resume': (guest) => about(guest, 'goes on.'),
  'guest.suspend': (guest) =>
    about(guest, 'is saved to disk. It goes on there when it is started.'),
  'guest.rename': (guest) => about(guest, `is its name now, and ${guest.name} for commands.`),
  'guest.clone': (guest) => about(guest, 'was made. It is stopped.'),
  'guest.set': (guest) => about(guest, 'was changed. It holds from its next start.'),
  'guest.propose': ({ found, reasons, warnings }) => ({
    sentence: `It is ${found}.`,
    lines: [...reasons, ...warnings],
  }),
  'guest.open': ({ opened }) => ({ sentence: `${opened} was opened.` }),
  'guest.usage': ({ guest, samples }) => {
    const now = samples.at(-1);
    return {
      sentence: now
        ? `${guest} uses ${Math.round(now.cpuPercent)} % of a processor and ${Math.round(now.memoryMiB)} MiB.`
        : `${guest} has not been measured yet.`,
    };
  },
  'snapshot.list': ({ snapshots }) => ({
    sentence:
      snapshots.length === 0
        ? 'There are no snapshots.'
        : `${count(snapshots.length, 'snapshot')}.`,
    rows: snapshots.map((s) => [s.name, new Date(s.created).toLocaleString()]),
  }),
  'snapshot.take': ({ name }) => ({ sentence: `The snapshot ${name} is kept.` }),
  'snapshot.revert': ({ guest, name }) => ({ sentence: `${guest} is back at ${name}.` }),
  'snapshot.delete': ({ deleted }) => ({ sentence: `The snapshot ${deleted} was deleted.` }),
  'disk.resize': ({ name, sizeBytes }) => ({ sentence: `${name} has ${bytes(sizeBytes)} now.` }),
  'folder.share': ({ name, path }) => ({ sentence: `${path} is shared as ${name}.` }),
  'folder.unshare': ({ unshared }) => ({ sentence: `${unshared} is no longer shared.` }),
  'help.search': ({ passages }) => ({
    sentence:
      passages.length === 0 ? 'The documentation has no answer.' : 'The documentation says:',
    lines: passages.slice(0, 2).flatMap((p) => [`${p.title}: ${p.heading}`, p.text, '']),
  }),
  'surface.list': ({ surfaces }) => ({
    sentence:
      surfaces.length === 0
        ? 'Nothing is on screen.'
        : `${count(surfaces.length, 'screen')} presented.`,
    rows: surfaces.map((s) => [
      s.title,
      `${s.width} × ${s.height}, ${count(s.viewers, 'viewer')}, ${count(s.framesRead, 'frame')}`,
    ]),
  }),
  'system.status': (status) => ({
    sentence: `RayOS ${status.version} has run for ${spell(status.uptimeMs)}.`,
    rows: statusRows(status),
  }),
  'system.shutdown': () => ({ sentence: 'RayOS is stopping.' }),
  'hypervisor.probe': (probe) => ({
    sentence: `QEMU ${probe.version} runs guests with ${probe.accelerator.toUpperCase()}.`,
    rows: [
      ['Why', probe.why],
      ['Shared memory', probe.sharedMemory ? 'yes' : 'no'],
      ['D-Bus display', probe.displayDbus ? 'yes' : 'no'],
      ['Program', probe.binary],
    ],
  }),
  'screenshot.guest': (picture) => taken(picture, 'guest'),
  'screenshot.desktop': (picture) => taken(picture, 'desktop'),
  'session.link': ({ address, expiresInMs }) => ({
    sentence: `This address signs one browser in, within ${spell(expiresInMs)}.`,
    lines: [address],
  }),
  'audit.list': ({ records }) => ({
    sentence: `${count(records.length, 'record')}, newest first.`,
    rows: records.map((r) => [
      new Date(r.time).toLocaleTimeString(),
      `${r.actor}: ${r.command}, ${r.outcome}${r.code ? ` (${r.code})` : ''}`,
    ]),
  }),
};

/** The sentence (and more) for what a command returned. */
export function tell<N extends CommandName>(command: N, result: CommandResult<N>): Told {
  const teller = tellers[command];
  if (teller) return teller(result);
  if (typeof result === 'object' && result !== null && 'events' in result)
    return {
      sentence: `${String((result as { guest: string }).guest)} took ${count(Number(result.events), 'event')}.`,
    };
  return { sentence: 'Done.', lines: JSON.stringify(result, null, 2).split('\n') };
}

function taken(picture: Picture, what: string): Told {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  return {
    sentence: `The picture is ${picture.width} × ${picture.height}.`,
    picture: { ...picture, fileName: `rayos-${what}-${stamp}.png` },
  };
}

function statusRows(status: Status): (readonly [string, string])[] {
  return [
    ['Address', status.address],
    [
      'Policy',
      status.policy.safeMode ? `safe mode: ${status.policy.reason ?? ''}` : status.policy.profile,
    ],
    [
      'Hypervisor',
      status.qemu
        ? `QEMU ${status.qemu.version}, ${status.qemu.accelerator.toUpperCase()}: ${status.qemu.why}`
        : (status.qemuMissing ?? 'not probed yet'),
    ],
    ['State', status.stateDir],
    ['Log', status.logFile],
  ];
}
