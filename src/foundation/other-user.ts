// Programs that run as another user. Root starts them as whom it likes. A user whom /etc/subuid and
// /etc/subgid lend ids (subuid(5)) starts them in a user namespace that has one of these ids and no other:
// newuidmap, not RayOS, is the one that may map it, and it maps nothing that is not lent.

import { accessSync, constants, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';

export type UserIds = {
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
};

/** A program to be spawned: `ids` are for spawn's own options. */
export type StartAs = {
  readonly file: string;
  readonly args: readonly string[];
  readonly ids: { readonly uid?: number; readonly gid?: number };
};

/** What it sees itself as: anybody but root, so that it has no capability in its namespace either. */
const seenAs = 1000;
const unshare = '/usr/bin/unshare';
const mappers = ['/usr/bin/newuidmap', '/usr/bin/newgidmap'];

/** How to spawn a program as another user; as this process's own one where no ids are given. */
export function startAs(
  ids: UserIds,
  file: string,
  args: readonly string[],
  isRoot = process.getuid?.() === 0,
): StartAs {
  const { uid, gid } = ids;
  if (uid === undefined && gid === undefined) return { file, args, ids: {} };
  if (isRoot)
    return {
      file,
      args,
      ids: { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) },
    };
  // The form that util-linux 2.38 and newer ones understand: outside, inside, how many.
  const map = (id: number) => `${id},${seenAs},1`;
  return {
    file: unshare,
    args: [
      // The program takes unshare's place: its process id is the one that was spawned.
      ...['--user', `--map-users=${map(uid ?? 0)}`, `--map-groups=${map(gid ?? uid ?? 0)}`],
      ...[`--setgid=${seenAs}`, `--setuid=${seenAs}`, '--', file],
      ...args,
    ],
    ids: {},
  };
}

/** Whether this process can start programs as the user `uid` in the group `gid`. */
export function canBecome(uid: number, gid = uid): boolean {
  if (process.getuid?.() === 0) return true;
  return (
    [unshare, ...mappers].every(isProgram) &&
    isLent(uid, read('/etc/subuid')) &&
    isLent(gid, read('/etc/subgid'))
  );
}

/** Whether a file of the form of subuid(5) lends the id to a user of one of these names. */
export function isLent(id: number, text: string, names: readonly string[] = ownNames()): boolean {
  return text.split('\n').some((line) => {
    const [, name = '', first, count] = /^([^:]+):(\d{1,10}):(\d{1,10})\s*$/.exec(line) ?? [];
    if (!names.includes(name)) return false;
    return id >= Number(first) && id < Number(first) + Number(count);
  });
}

function ownNames(): string[] {
  const { uid, username } = userInfo();
  return [String(uid), username];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // nothing is lent
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
