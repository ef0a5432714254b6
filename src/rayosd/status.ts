// What `rayos status` says of this rayosd.

import packageJson from '../../package.json' with { type: 'json' };
import type { Status } from '../contracts/index.ts';
import type { Paths } from '../foundation/index.ts';
import type { Recorder } from '../log/index.ts';
import type { LoadedPolicy } from '../policy/index.ts';

export const { version } = packageJson;

export type StatusParts = {
  readonly recorder: Recorder;
  readonly policy: LoadedPolicy;
  readonly paths: Paths;
  /** When rayosd started, of performance.now(). */
  readonly startedMs: number;
};

/** All that does not change by what happens later but the time. */
export function statusOf({ recorder, policy, paths, startedMs }: StatusParts) {
  const { file, brokenBecause } = policy;
  return {
    version,
    bootId: recorder.bootId,
    pid: process.pid,
    uptimeMs: Math.round(performance.now() - startedMs),
    policy: {
      ...{ profile: policy.policy.profile, file },
      safeMode: brokenBecause !== undefined,
      ...(brokenBecause === undefined ? {} : { reason: brokenBecause }),
    },
    node: process.version,
    stateDir: paths.stateDir,
    logFile: paths.logFile,
  } satisfies Partial<Status>;
}
