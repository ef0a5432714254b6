// Guests in the words of the contract. Isolation is what is really there, with what is missing named.

import { userInfo } from 'node:os';
import type { Guest, GuestDetail } from '../contracts/index.ts';
import { deviceWords } from './machine.ts';
import { guestUid, type Places } from './places.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';

export function summaryOf(row: GuestRow, running: RunningGuest | undefined): Guest {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    recipe: row.recipe,
    state: row.state,
    ready: running?.ready ?? false,
    presented: false,
    ...(row.reason === undefined ? {} : { reason: row.reason }),
    ...(row.process === undefined
      ? {}
      : { accelerator: row.process.accelerator, startedAt: row.process.started }),
    ...(running?.readyAfterMs === undefined ? {} : { readyAfterMs: running.readyAfterMs }),
  };
}

export async function detailOf(
  row: GuestRow,
  running: RunningGuest | undefined,
  places: Places,
): Promise<GuestDetail> {
  // A QEMU that does not answer must not keep a person from seeing what is known.
  const version = running && (await versionOf(running).catch(() => undefined));
  return {
    ...summaryOf(row, running),
    memoryMiB: row.memoryMiB,
    cpus: row.cpus,
    ...(running === undefined ? {} : { pid: running.qemu.pid }),
    ...(version === undefined ? {} : { qemuVersion: version }),
    createdAt: row.created,
    isolation: isolationOf(row),
    devices: [...deviceWords],
    serialLog: places.serialLog,
    qemuLog: places.qemuLog,
  };
}

async function versionOf({ qemu }: RunningGuest): Promise<string> {
  const answer = (await qemu.qmp.execute('query-version')) as {
    qemu?: { major?: number; minor?: number; micro?: number };
  };
  return [answer.qemu?.major, answer.qemu?.minor, answer.qemu?.micro].join('.');
}

function isolationOf(row: GuestRow): GuestDetail['isolation'] {
  const uid = guestUid(row);
  const missing = ['no limits of memory and processor time by cgroup yet'];
  if (uid === undefined)
    missing.unshift(
      'it runs as your own user: start RayOS as root to give each guest a user of its own',
    );
  return {
    user:
      uid === undefined
        ? `${userInfo().username}, the user of RayOS`
        : `its own unprivileged user (uid ${uid})`,
    sandbox:
      "QEMU's seccomp filter: no new processes, no privileges, no resource control, no obsolete calls",
    network: 'off: it has no network device',
    missing,
  };
}
