// Folders of this machine that guests see: only what lies in what policy lists, never what belongs to
// RayOS or to the system, whatever links and `..` a path goes through. Read-only unless a person says more.

import { realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join, sep } from 'node:path';
import { RayError, type SharedFolder } from '../contracts/index.ts';
import type { Device } from '../hypervisor/index.ts';

export type FolderRules = {
  /** As policy lists them; `~` is `home`. */
  readonly allow: readonly string[];
  readonly home: string;
  /** What is never shared, nor anything that holds it. */
  readonly never: readonly string[];
  readonly policyFile: string;
};

export const systemFolders: readonly string[] = ['/etc', '/proc', '/sys', '/dev', '/run', '/boot'];

/** Folder tags are short: virtio-9p's have at most 31 bytes. */
export const tagOf = (name: string): string => `f-${name}`.slice(0, 31);

/** The real folder that `path` means. Throws FILE_UNREADABLE, POLICY_DENIED, BAD_REQUEST. */
export function admitFolder(path: string, rules: FolderRules): string {
  const wanted = expand(path, rules.home);
  if (!isAbsolute(wanted))
    throw new RayError('BAD_REQUEST', `a folder is named by its whole path, not "${path}"`, {
      command: 'folder share',
    });
  const real = realOf(wanted);
  if (real === undefined || !statSync(real).isDirectory())
    throw new RayError('FILE_UNREADABLE', `there is no folder ${path}`, { path });
  const denied = (why: string) =>
    new RayError('POLICY_DENIED', `${real} is not shared: ${why}`, {
      policyFile: rules.policyFile,
    });
  for (const place of rules.never) {
    const closed = realOf(place) ?? place;
    if (isWithin(real, closed)) throw denied(`${place} is never open to a guest`);
    if (isWithin(closed, real)) throw denied(`${place}, which is never open to a guest, is in it`);
  }
  const roots = rules.allow.flatMap((each) => realOf(expand(each, rules.home)) ?? []);
  const root = roots.find((each) => isWithin(real, each));
  if (root === undefined)
    throw denied(
      roots.length === 0
        ? 'policy lists no folder that may be'
        : `it is not in what policy lists (${rules.allow.join(', ')})`,
    );
  const parts = real.slice(root.length).split(sep);
  if (parts.some((part) => part.startsWith('.')))
    throw denied('a folder whose name begins with a dot keeps what programs need to themselves');
  if (real === realOf(rules.home))
    throw denied('your whole home holds keys and passwords: share a folder in it');
  return real;
}

/** The folder's name in the guest: the one given, or what is left of its own. */
export function folderName(path: string, given: string | undefined): string {
  const made = (given ?? basename(path))
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 27);
  return made === '' ? 'folder' : made;
}

/** Throws FILE_UNREADABLE when the guest's own user could not read the folder. */
export function checkReadable(path: string, uid: number | undefined): void {
  if (uid === undefined) return;
  const { mode, uid: owner } = statSync(path);
  const needed = owner === uid ? 0o500 : 0o005;
  if ((mode & needed) === needed) return;
  throw new RayError(
    'FILE_UNREADABLE',
    `${path} is closed to the user that this guest runs as (uid ${uid}): chmod o+rx opens it, to everybody on this machine`,
    { path },
  );
}

/** The devices of the folders that a guest is given now. */
export function folderDevices(folders: readonly SharedFolder[]): Device[] {
  return folders.map(({ name, path, writable }) => ({
    kind: 'folder-9p',
    tag: tagOf(name),
    path,
    readOnly: !writable,
  }));
}

function expand(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === sep ? sep : folder + sep);
}
