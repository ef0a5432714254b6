// Where RayOS keeps things. Root uses the system's folders, since /root is closed to the unprivileged
// users that guests and framers run as; everybody else uses the XDG folders. RAYOS_STATE moves all of
// it into one folder (tests, second instances).

import { createHash } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
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
  const chosen = env.RAYOS_STATE === undefined ? undefined : resolve(env.RAYOS_STATE);
  const stateDir =
    chosen ??
    (isRoot
      ? '/var/lib/rayos'
      : join(env.XDG_STATE_HOME ?? join(homedir(), '.local/state'), 'rayos'));
  const cacheDir =
    env.RAYOS_CACHE ??
    (isRoot ? '/var/cache/rayos' : join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'rayos'));
  const runtimeDir = env.RAYOS_RUNTIME ?? join(runtimeBase(env, isRoot), runtimeName(chosen));
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

function runtimeBase(env: NodeJS.ProcessEnv, isRoot: boolean): string {
  if (isRoot) return '/run';
  return env.XDG_RUNTIME_DIR ?? join(tmpdir(), `rayos-${process.getuid?.() ?? 'user'}`);
}

function runtimeName(state: string | undefined): string {
  if (state === undefined) return 'rayos';
  return `rayos-${createHash('sha256').update(state).digest('hex').slice(0, 8)}`;
}
