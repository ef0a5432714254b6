// Giving up root, for good and checked.

import { closeSync, openSync } from 'node:fs';

type Ids = { readonly uid?: number; readonly gid?: number };

/** Whether this process can still read `file` after `dropPrivileges(ids)`. */
export function isReadableBy(ids: Ids, file: string): boolean {
  if (process.getuid?.() !== 0 || ids.uid === undefined) return true;
  process.seteuid?.(ids.uid);
  try {
    closeSync(openSync(file, 'r'));
    return true;
  } catch {
    return false;
  } finally {
    process.seteuid?.(0);
  }
}

/** Becomes `uid`:`gid` without further groups when root; otherwise nothing is to be given up. */
export function dropPrivileges(ids: Ids): void {
  const { uid, gid } = ids;
  if (process.getuid?.() !== 0 || uid === undefined || gid === undefined) return;
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  const left = [process.getuid?.(), process.geteuid?.(), process.getgid?.(), process.getegid?.()];
  if (left[0] !== uid || left[1] !== uid || left[2] !== gid || left[3] !== gid)
    throw new Error('privileges were not given up');
}
