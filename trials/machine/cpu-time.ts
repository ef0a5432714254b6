// Limits by the processor time that a QEMU has used: a machine that shares its host with others needs more
// of the clock, not more of the processor. A guest that idles uses hardly any, so the clock counts as well,
// by far more: every wait ends.

import { readFileSync } from 'node:fs';
import { sleep } from '../../src/foundation/index.ts';

const ticksPerSecond = 100;

export type Limits = {
  /** Seconds of QEMU's processor time. Default: 200. */
  readonly cpuSeconds?: number;
  /** Seconds of the clock. Default: 900. */
  readonly clockSeconds?: number;
};

/** Seconds that all threads of a process have used so far; undefined when it is gone. */
export function cpuSecondsOf(pid: number): number | undefined {
  try {
    return parseCpuSeconds(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** utime and stime of /proc/PID/stat (proc(5)); the program's name before them may hold anything. */
export function parseCpuSeconds(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks / ticksPerSecond : undefined;
}

/** Rejects, with what was used, when the process has used up a limit; ends quietly with the signal. */
export async function outOfTime(pid: number, limits: Limits, signal: AbortSignal): Promise<never> {
  const { cpuSeconds = 200, clockSeconds = 900 } = limits;
  const begin = cpuSecondsOf(pid) ?? 0;
  const start = performance.now();
  for (;;) {
    await sleep(250, signal);
    const used = (cpuSecondsOf(pid) ?? begin) - begin;
    const clock = (performance.now() - start) / 1000;
    if (used > cpuSeconds || clock > clockSeconds)
      throw new Error(
        `in vain for ${Math.round(used)} s of processor time, ${Math.round(clock)} s of the clock`,
      );
  }
}
