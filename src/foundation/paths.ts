// Where RayOS keeps things. Root uses the system's folders, since /root is closed to the unprivileged
// users that guests and framers run as; everybody else uses the XDG folders. RAYOS_STATE moves all of
// it into one folder (tests, second instances). The runtime folder's name follows from the state folder,
// so that whoever holds the state's lock is alone at the socket.

import { createHash } from 'node:crypto';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

export type Paths = {
  /** Registry, policy, audit, logs: survives restarts. */
  readonly stateDir: string;
  /** Images and probe answers: may be deleted at any time. */
  readonly cacheDir: string;
  /** Sockets; gone after a restart of the machine. Kept short: a socket's path has at most 107 bytes. */
  readonly runtimeDir: string;
  readonly socket: string;
  readonly database: string;
  readonly policyFile: string;
  readonly logFile: string;
};

/** The folders of this process's user, from the environment. Creates nothing. */
export function paths(env: NodeJS.ProcessEnv = process.env): Paths {
  const isRoot = process.getuid?.() === 0;
  const stateDir = resolve(
    env.RAYOS_STATE ??
      (isRoot
        ? rootStateDir
        : join(env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'rayos')),
  );
  const cacheDir =
    env.RAYOS_CACHE ??
    (isRoot ? '/var/cache/rayos' : join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'rayos'));
  const usual = isRoot ? rootStateDir : join(ownHome(), '.local/state/rayos');
  const name = stateDir === usual ? '' : `-${short(stateDir)}`;
  const runtimeDir = resolve(env.RAYOS_RUNTIME ?? `${runtimeBase(env, isRoot)}${name}`);
  return {
    stateDir,
    cacheDir: resolve(cacheDir),
    runtimeDir,
    socket: join(runtimeDir, 'rayosd.sock'),
    database: join(stateDir, 'rayos.db'),
    policyFile: join(stateDir, 'policy.toml'),
    logFile: join(stateDir, 'log', 'rayos.jsonl'),
  };
}

const rootStateDir = '/var/lib/rayos';

/** In /tmp it is one name and no folder of folders: /tmp is sticky, so that its owner is all to check. */
function runtimeBase(env: NodeJS.ProcessEnv, isRoot: boolean): string {
  if (isRoot) return '/run/rayos';
  if (env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, 'rayos');
  return join(tmpdir(), `rayos-${process.getuid?.() ?? 'user'}`);
}

/** The home that the user has, whatever HOME says: two HOMEs are two states, and need two sockets. */
function ownHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    return homedir(); // a user without an entry in passwd
  }
}

/** Tells state folders apart in a name that is short, for the sake of the socket's path. */
function short(folder: string): string {
  return createHash('sha256').update(folder).digest('hex').slice(0, 8);
}
