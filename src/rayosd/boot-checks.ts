// What makes a boot of an installed RayOS good: the checks of all rooms. Those of logd are boot.ts's own.

import { join } from 'node:path';
import {
  apiCheck,
  type Check,
  consoleCheck,
  degraded,
  diskRoomCheck,
  displayCheck,
  good,
  stateCheck,
} from '../boot/checks/index.ts';
import type { Probe, Status } from '../contracts/index.ts';
import type { Paths, Store } from '../foundation/index.ts';
import type { LoadedPolicy } from '../policy/index.ts';

const program = join(import.meta.dirname, '../../bin/rayos');

export type CheckParts = {
  readonly paths: Paths;
  readonly policy: LoadedPolicy;
  readonly store: Store;
  readonly safeMode?: string;
  port(): number;
  /** How the machine's own display is, where RayOS has one to keep. */
  display(): Status['display'];
  /** Runs the proof guest anew. */
  probe(signal: AbortSignal): Promise<Probe>;
};

export function bootChecks(parts: CheckParts): Check[] {
  const { paths, policy, store, safeMode, port, probe } = parts;
  return [
    stateCheck(paths.stateDir),
    {
      name: 'rooms',
      asks: 'the database answers',
      ask: () => {
        store.database.prepare('SELECT count(*) FROM sqlite_schema').get();
        return good('the database answers');
      },
    },
    {
      name: 'policy',
      asks: 'the policy file can be read',
      ask: () =>
        policy.brokenBecause === undefined
          ? good(`policy "${policy.policy.profile}"`)
          : degraded(`${policy.file} is broken, so little is allowed: ${policy.brokenBecause}`),
    },
    apiCheck({ socket: paths.socket, port }),
    consoleCheck(program, ['status', '--json']),
    {
      name: 'guest',
      asks: 'a guest can be started',
      limitMs: 120_000,
      isAskedOnce: true,
      ask: async (signal) => {
        if (safeMode !== undefined) return degraded(`no guest is started: ${safeMode}`);
        const { accelerator, why } = await probe(signal);
        return good(`${accelerator}: ${why}`);
      },
    },
    diskRoomCheck(paths.stateDir),
    displayCheck(undefined, parts.display),
  ];
}
