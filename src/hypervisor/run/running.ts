// A QEMU that runs, whoever started it.

import type { QmpClient } from '../qmp/client.ts';

export type QemuExit = {
  /** Both null when an earlier rayosd was its parent, whom alone the kernel tells. */
  readonly code: number | null;
  readonly signal: string | null;
};

export type RunningQemu = {
  readonly pid: number;
  /** Clock ticks after boot at which the process began: with the pid it names one process for ever. */
  readonly startTime: number;
  readonly qmp: QmpClient;
  readonly exited: Promise<QemuExit>;
  /** Lets a machine that was started paused run. */
  resume(): Promise<void>;
  /** SIGKILL to exactly this process, and its end awaited. */
  kill(): Promise<void>;
  /** Lets go of the process: nothing more is told of it, and `exited` may never resolve. */
  release(): void;
};
