// Where a guest's files are: what it keeps (state, ours alone) and its sockets (runtime).

import { closeSync, fstatSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { canBecome, makeDirectory, type Paths } from '../foundation/index.ts';
import type { GuestRow } from './registry.ts';

export type Places = {
  readonly stateDir: string;
  readonly runtimeDir: string;
  readonly qmpSocket: string;
  readonly agentSocket: string;
  readonly clipboardSocket: string;
  readonly serialSocket: string;
  readonly serialLog: string;
  readonly qemuLog: string;
  /** The state of the machine while it is suspended. */
  readonly memory: string;
  readonly disksDir: string;
  /** What the guest sees at /media/drop, and files on their way there. */
  readonly dropDir: string;
  readonly droppingDir: string;
  /** States of machines that snapshots keep. */
  readonly snapshotsDir: string;
};

export function placesOf(paths: Paths, id: string): Places {
  const stateDir = join(paths.stateDir, 'guests', id);
  // A socket's path has at most 107 bytes: eight characters of the id are enough within one machine.
  const runtimeDir = join(paths.runtimeDir, 'guests', id.slice(0, 8));
  return {
    stateDir,
    runtimeDir,
    qmpSocket: join(runtimeDir, 'qmp.sock'),
    agentSocket: join(runtimeDir, 'agent.sock'),
    clipboardSocket: join(runtimeDir, 'clipboard.sock'),
    serialSocket: join(runtimeDir, 'serial.sock'),
    serialLog: join(stateDir, 'serial.log'),
    qemuLog: join(stateDir, 'qemu.log'),
    memory: join(stateDir, 'memory.state'),
    dropDir: join(stateDir, 'drop'),
    droppingDir: join(stateDir, 'dropping'),
    disksDir: join(stateDir, 'disks'),
    snapshotsDir: join(stateDir, 'snapshots'),
  };
}

/** Makes a guest's folders, ours alone: QEMU inherits its sockets and its log, and opens nothing there. */
export function makePlaces(places: Places): void {
  makeDirectory(places.stateDir);
  rmSync(places.runtimeDir, { recursive: true, force: true });
  makeDirectory(places.runtimeDir);
}

export function removePlaces(places: Places): void {
  rmSync(places.runtimeDir, { recursive: true, force: true });
  rmSync(places.stateDir, { recursive: true, force: true });
}

/**
 * Whom a guest's QEMU runs as: a user that nobody else is, where RayOS can start programs as others at all.
 * Root's are in the group that may open /dev/kvm, where only a group may.
 */
export function guestUser({ uid }: Pick<GuestRow, 'uid'>): {
  readonly uid?: number;
  readonly gid?: number;
} {
  if (process.getuid?.() === 0) return { uid, gid: kvmGroup() ?? uid };
  return canBecome(uid) ? { uid, gid: uid } : {};
}

/** The group that /dev/kvm is open to; undefined when it is open to all, to nobody, or not there. */
export function kvmGroup(): number | undefined {
  const device = statSync('/dev/kvm', { throwIfNoEntry: false });
  const isForGroup =
    device !== undefined &&
    (device.mode & 0o060) === 0o060 &&
    (device.mode & 0o006) === 0 &&
    device.gid !== 0;
  return isForGroup ? device.gid : undefined;
}

/** The last `maxBytes` of a log, for a sentence about what went wrong; empty when there is none. */
export function tailOf(file: string, maxBytes = 2000): string {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      const buffer = Buffer.alloc(Math.min(size, maxBytes));
      readSync(descriptor, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString('utf8');
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return '';
  }
}
