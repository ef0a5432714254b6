// The files that belong to a guest's machine: disks, firmware variables, a kernel of its own. They lie in
// one folder that the guest's user owns; the folders above it are only passed through.

import { chmodSync, chownSync, closeSync, lstatSync, openSync, readSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type GuestDetail, RayError } from '../contracts/index.ts';
import { makeDirectory } from '../foundation/index.ts';
import { mayOpen } from '../hypervisor/index.ts';
import { guestUser, type Places } from './places.ts';
import type { GuestRow } from './registry.ts';

/** The variables of a UEFI guest. */
export const variablesFile = 'variables.qcow2';

/** A file of the guest's, by the name that its specification has. */
export function ownFile(places: Pick<Places, 'stateDir'>, file: string): string {
  return join(places.stateDir, 'disks', file);
}

/**
 * Makes the folder, and sees that the guest's user reaches it. Throws GUEST_CANNOT when a folder above RayOS's
 * own is closed to other users.
 */
export async function makeOwnFolder(row: Pick<GuestRow, 'uid'>, places: Places): Promise<void> {
  const user = guestUser(row);
  const folder = ownFile(places, '');
  makeDirectory(places.stateDir);
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) makeDirectory(folder);
  if (user.uid === undefined) return;
  chownSync(folder, user.uid, user.gid ?? user.uid);
  const guests = dirname(places.stateDir);
  for (const passed of [places.stateDir, guests, dirname(guests)])
    chmodSync(passed, (statSync(passed).mode & 0o777) | 0o001);
  if (await mayOpen(folder, 'pass', user)) return;
  throw new RayError('GUEST_CANNOT', `${folder} is in a folder that is closed to guests' users`, {
    remedy: 'Let RayOS keep its state where other users may pass: RAYOS_STATE=/var/lib/rayos',
  });
}

/** Makes an empty file that is the guest's own; it must not be there yet. */
export function makeOwnFile(row: Pick<GuestRow, 'uid'>, places: Places, file: string): string {
  const path = ownFile(places, file);
  const { uid, gid = uid } = guestUser(row);
  closeSync(openSync(path, 'wx', 0o600));
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid);
  return path;
}

/** The guest's disks, as they are now. */
export function disksOf(row: GuestRow, places: Places): GuestDetail['disks'] {
  const disks = row.spec.disks.map(({ name, file, format }) => {
    const path = ownFile(places, file);
    const stat = statSync(path, { throwIfNoEntry: false });
    return {
      name,
      format,
      sizeBytes: (format === 'qcow2' ? qcow2Size(path) : stat?.size) ?? 0,
      usedBytes: (stat?.blocks ?? 0) * 512,
      readOnly: false,
      file: path,
    };
  });
  const disc = row.spec.cdrom === undefined ? undefined : discOf(row.spec.cdrom, places);
  if (disc === undefined) return disks;
  const bytes = statSync(disc, { throwIfNoEntry: false })?.size ?? 0;
  const iso = { name: 'disc', format: 'iso', sizeBytes: bytes, usedBytes: bytes } as const;
  return [...disks, { ...iso, readOnly: true, file: disc }];
}

/** Where a guest's disc lies: a full path is elsewhere, a plain name is its own copy. */
export function discOf(cdrom: string, places: Pick<Places, 'stateDir'>): string {
  return cdrom.startsWith('/') ? cdrom : ownFile(places, cdrom);
}

/** The size of the disk that a qcow2 holds, from its header; undefined when it cannot be read. */
function qcow2Size(path: string): number | undefined {
  try {
    const fd = openSync(path, 'r');
    try {
      const header = Buffer.alloc(32);
      readSync(fd, header, 0, 32, 0);
      return Number(header.readBigUInt64BE(24));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}
