// Guests in the words of the contract. Isolation is what is really there, with what is missing named.

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Guest, GuestDetail, Snapshot } from '../contracts/index.ts';
import type { Device } from '../hypervisor/index.ts';
import { discsOf } from './belongings.ts';
import { describeDisks } from './disks.ts';
import { devicesOf, hasTouch, wordsOf } from './machine.ts';
import { guestUser, type Places } from './places.ts';
import type { GuestRow } from './registry.ts';
import type { RunningGuest } from './running.ts';
import type { SnapshotRow } from './snapshot-rows.ts';

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
  const devices = devicesOf(row.spec, places);
  const version = running && (await versionOf(running).catch(() => undefined));
  return {
    ...summaryOf(row, running),
    memoryMiB: row.memoryMiB,
    cpus: row.cpus,
    ...(running === undefined ? {} : { pid: running.qemu.pid }),
    ...(version === undefined ? {} : { qemuVersion: version }),
    createdAt: row.created,
    madeFrom: row.spec.madeFrom,
    firmware: row.spec.firmware,
    heads: row.spec.heads,
    autostart: row.spec.autostart,
    sound: row.spec.sound,
    clipboard: row.spec.clipboard,
    network: { profile: row.spec.network, opens: 'nothing', forwards: row.spec.forwards },
    disks: [...describeDisks(row, places), ...discsOf(row.spec)],
    folders: row.spec.folders,
    snapshots: [],
    ...(row.saved === undefined
      ? {}
      : { suspended: { at: row.saved.at, sizeBytes: row.saved.bytes } }),
    limits: { ...row.spec.limits, heldBy: 'nothing yet' },
    isolation: isolationOf(row, running, devices),
    devices: [...devices.map(wordsOf), ...touchWords(row, running)],
    atNextStart: [],
    serialLog: places.serialLog,
    qemuLog: places.qemuLog,
  };
}

export function describeSnapshot(
  { name, created, memory, note }: SnapshotRow,
  guest: string,
): Snapshot {
  const withMemory = memory !== undefined;
  return { name, guest, created, withMemory, ...(note === undefined ? {} : { note }) };
}

/** How fingers reach it: of a guest that runs, as it was started. */
function touchWords(row: GuestRow, running: RunningGuest | undefined): string[] {
  if (running === undefined) return [];
  return [
    hasTouch(row.machine)
      ? wordsOf({ kind: 'virtio-multitouch' })
      : 'no touch screen: fingers act as a mouse',
  ];
}

async function versionOf({ qemu }: RunningGuest): Promise<string> {
  const answer = (await qemu.qmp.execute('query-version')) as {
    qemu?: { major?: number; minor?: number; micro?: number };
  };
  return [answer.qemu?.major, answer.qemu?.minor, answer.qemu?.micro].join('.');
}

/** What holds of the running process, read from the kernel; of a stopped guest, what will be asked for. */
function isolationOf(
  row: GuestRow,
  running: RunningGuest | undefined,
  devices: readonly Device[],
): GuestDetail['isolation'] {
  const missing = ['no limits of memory and processor time by cgroup yet'];
  const own = userInfo();
  const uid =
    running === undefined
      ? (guestUser(row).uid ?? own.uid)
      : processStatus(running.qemu.pid, 'Uid');
  const seccomp = running === undefined ? undefined : processStatus(running.qemu.pid, 'Seccomp');
  if (uid === own.uid)
    missing.unshift(
      'it runs as your own user: start RayOS as root to give each guest a user of its own',
    );
  if (seccomp !== undefined && seccomp !== 2) missing.unshift('QEMU runs without a seccomp filter');
  const network = devices.filter(({ kind }) => /net/.test(kind));
  return {
    user:
      uid === own.uid
        ? `${own.username}, the user of RayOS`
        : `its own unprivileged user (uid ${uid})`,
    sandbox:
      seccomp === 2
        ? 'a seccomp filter holds QEMU: no new processes, no privileges, no resource control, no obsolete calls'
        : seccomp === undefined
          ? "QEMU's seccomp filter, when it runs"
          : 'none',
    network:
      network.length === 0 ? 'off: it has no network device' : network.map(wordsOf).join(', '),
    missing,
  };
}

/** The first number of a field of /proc/PID/status (proc(5)); undefined when the process has gone. */
function processStatus(pid: number, field: 'Uid' | 'Seccomp'): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  } catch {
    return undefined;
  }
}
