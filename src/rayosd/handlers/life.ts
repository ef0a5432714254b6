// The life of guests: made, started, stopped, kept, copied, deleted.

import { type GuestDetail, RayError } from '../../contracts/index.ts';
import type { Handlers } from '../../dispatch/index.ts';
import type { GuestRow } from '../../guests/index.ts';
import { findersOf, type HandlerParts } from './parts.ts';
import { presentById } from './screens.ts';

type Names =
  | 'guest.list'
  | 'guest.show'
  | 'guest.propose'
  | 'guest.create'
  | 'guest.set'
  | 'guest.rename'
  | 'guest.clone'
  | 'guest.start'
  | 'guest.stop'
  | 'guest.kill'
  | 'guest.pause'
  | 'guest.resume'
  | 'guest.suspend'
  | 'guest.delete'
  | 'snapshot.list'
  | 'snapshot.take'
  | 'snapshot.revert'
  | 'snapshot.delete'
  | 'disk.resize';

export function lifeHandlers(parts: HandlerParts): Pick<Handlers, Names> {
  const { guests, surroundings } = parts;
  const { list, idOf, seen } = findersOf(parts);
  const snapshotOf = (row: GuestRow, name: string) => {
    const all = guests.snapshots.of(row.id);
    const found = all.find((one) => one.name === name);
    if (found) return found;
    throw new RayError('SNAPSHOT_UNKNOWN', `there is no snapshot "${name}" of ${row.title}`, {
      known: all.map((one) => one.name).join(', ') || 'none',
    });
  };
  return {
    'guest.list': { run: () => ({ guests: list() }) },
    'guest.show': {
      run: async ({ guest }) => {
        const id = idOf(guest);
        return { ...(await guests.detail(id)), ...surroundings.shown(id), ...seen(id) };
      },
    },
    'guest.create': {
      run: async (wanted, { signal }) => {
        const { from, network } = wanted;
        if (network !== undefined) surroundings.checkNetwork(network);
        const row =
          from === undefined
            ? guests.create(wanted)
            : await guests.createFrom({ ...wanted, from }, signal);
        if (network !== undefined && network !== row.spec.network)
          guests.settings.change(row.id, { spec: { ...row.spec, network } });
        return guests.detail(row.id);
      },
    },
    'guest.start': {
      run: async ({ guest }, { signal }) => {
        const id = idOf(guest);
        await guests.start(id, signal);
        return seen(id);
      },
    },
    'guest.stop': {
      run: async ({ guest, kill }) => {
        const id = idOf(guest);
        const steps = await guests.stop(id, { kill: kill ?? false });
        return { ...seen(id), steps };
      },
    },
    'guest.kill': {
      plan: ({ guest }) => {
        const row = guests.row(idOf(guest));
        if (row.process === undefined && row.saved === undefined && row.state !== 'starting')
          throw notRunning(row);
        return {
          summary: `This ends ${row.title} at once.`,
          steps: [
            row.saved === undefined
              ? `end the QEMU process of ${row.title} without asking the guest`
              : `remove the state in which ${row.title} was suspended`,
            'work in it that is not saved is lost',
          ],
          target: row.name,
          world: String(row.process?.pid ?? 'not running'),
        };
      },
      run: async ({ guest }) => {
        const id = idOf(guest);
        await guests.kill(id);
        return seen(id);
      },
    },
    'guest.delete': {
      plan: async ({ guest }) => {
        const row = guests.row(idOf(guest));
        if (row.process !== undefined) throw stillRunning(row);
        return {
          summary: `This deletes ${row.title} and everything it keeps.`,
          steps: [
            ...disksInWords(await guests.detail(row.id)),
            `remove the folder of ${row.name} with its logs`,
            `remove ${row.name} from the registry`,
            'this cannot be undone',
          ],
          target: row.name,
          world: `${row.id} ${row.state}`,
        };
      },
      run: async ({ guest }) => {
        const row = guests.row(idOf(guest));
        await guests.delete(row.id);
        return { deleted: row.name };
      },
    },
    'guest.propose': { run: ({ from }, { signal }) => guests.propose(from, signal) },
    'guest.set': {
      run: ({ guest, memoryMiB, cpus, forward, cpuPercent, diskMiBPerSecond, ...rest }) => {
        const row = guests.row(idOf(guest));
        const given = <T extends object>(values: T) =>
          Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
        const spec = {
          ...row.spec,
          ...given(rest),
          limits: { ...row.spec.limits, ...given({ cpuPercent, diskMiBPerSecond }) },
          ...(forward === undefined ? {} : { forwards: portsOf(forward) }),
        } as GuestRow['spec'];
        guests.settings.change(row.id, {
          spec,
          ...(memoryMiB === undefined ? {} : { memoryMiB }),
          ...(cpus === undefined ? {} : { cpus }),
        });
        return guests.detail(row.id);
      },
    },
    'guest.rename': {
      run: ({ guest, name, title }) => {
        const id = idOf(guest);
        guests.settings.rename(id, {
          ...(name === undefined ? {} : { name }),
          ...(title === undefined ? {} : { title }),
        });
        return seen(id);
      },
    },
    'guest.clone': {
      run: async ({ guest, name, title }, { signal }) =>
        guests.detail((await guests.clone(idOf(guest), name, title, signal)).id),
    },
    'guest.pause': {
      run: async ({ guest }) => {
        const id = idOf(guest);
        await guests.pause(id);
        return seen(id);
      },
    },
    'guest.resume': {
      run: async ({ guest }, { signal }) => {
        const id = idOf(guest);
        await guests.resume(id, signal);
        return seen(id);
      },
    },
    'guest.suspend': {
      run: async ({ guest }) => {
        const id = idOf(guest);
        await guests.suspend(id);
        return seen(id);
      },
    },
    'snapshot.list': { run: ({ guest }) => ({ snapshots: guests.snapshots.of(idOf(guest)) }) },
    'snapshot.take': {
      run: ({ guest, name, note }) => guests.snapshots.take(idOf(guest), name ?? nameOfNow(), note),
    },
    'snapshot.revert': {
      plan: ({ guest, name }) => {
        const row = guests.row(idOf(guest));
        const found = snapshotOf(row, name);
        const isRunning = row.process !== undefined;
        return {
          summary: `This brings ${row.title} back to the snapshot ${name} of ${found.created}.`,
          steps: [
            ...(isRunning ? [`end ${row.title} at once, without asking it`] : []),
            'everything that was done in it since then is lost, unless another snapshot keeps it',
            found.withMemory
              ? `let it go on where it was${isRunning ? '' : ' when it is started'}`
              : 'its disks are as they were then; it boots from them',
          ],
          target: row.name,
          world: `${row.id} ${row.state} ${row.process?.pid ?? ''} ${found.created}`,
        };
      },
      run: async ({ guest, name }, { signal }) => {
        const id = idOf(guest);
        const { process, presented } = guests.row(id);
        const snapshot = await guests.snapshots.revert(id, name);
        if (process !== undefined) {
          await guests.start(id, signal);
          if (presented) await presentById(parts, id, signal);
        }
        return snapshot;
      },
    },
    'snapshot.delete': {
      plan: ({ guest, name }) => {
        const row = guests.row(idOf(guest));
        const found = snapshotOf(row, name);
        return {
          summary: `This deletes the snapshot ${name} of ${row.title}.`,
          steps: ['the guest stays as it is now', 'there is no way back to that moment any more'],
          target: name,
          world: `${row.id} ${found.created}`,
        };
      },
      run: async ({ guest, name }) => {
        await guests.snapshots.delete(idOf(guest), name);
        return { deleted: name };
      },
    },
    'disk.resize': {
      run: ({ guest, sizeGiB, disk }) =>
        guests.settings.resizeDisk(idOf(guest), sizeGiB * 2 ** 30, disk),
    },
  };
}

/** What deleting a guest takes with it. */
function disksInWords({ disks, snapshots, suspended }: GuestDetail): string[] {
  return [
    ...disks.map(
      ({ name, usedBytes }) => `erase its disk ${name}, with ${mebibytes(usedBytes)} MiB in it`,
    ),
    ...(snapshots.length === 0
      ? []
      : [`erase its snapshots: ${snapshots.map(({ name }) => name).join(', ')}`]),
    ...(suspended === undefined ? [] : ['erase the state in which it was suspended']),
  ];
}

const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);

/** A name for a snapshot that was given none: its moment, UTC. */
function nameOfNow(): string {
  return new Date().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}

/** `8080:80,2222:22` as ports. */
function portsOf(text: string): { host: number; guest: number }[] {
  return text
    .split(',')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [host = 0, guest = 0] = pair.split(':').map(Number);
      return { host, guest };
    });
}

function notRunning({ name, title }: GuestRow): RayError {
  return new RayError('GUEST_NOT_RUNNING', `${title} is not running`, { guest: name });
}

function stillRunning({ name, title }: GuestRow): RayError {
  return new RayError('GUEST_RUNNING', `${title} is running`, { guest: name });
}
