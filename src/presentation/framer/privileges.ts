// Giving up root, for good and checked.

type Ids = { readonly uid?: number; readonly gid?: number };

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
