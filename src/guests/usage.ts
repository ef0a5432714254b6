// What a running guest uses: processor and memory of its QEMU by proc(5), disks by QMP. A measurement every
// two seconds, the last five minutes kept; each costs some tens of microseconds.

import { readFileSync } from 'node:fs';
import type { Usage } from '../contracts/index.ts';
import { Ring } from '../foundation/index.ts';

export const usageEveryMs = 2000;
const keptSamples = (5 * 60_000) / usageEveryMs;
/** USER_HZ: the same on every Linux that Node runs on. */
const ticksPerSecond = 100;
const pageBytes = 4096;

/** Totals since the process began. */
export type Totals = {
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly diskReadBytes: number;
  readonly diskWriteBytes: number;
};

type Qmp = { execute(command: string): Promise<unknown> };

export class UsageMeter implements Disposable {
  readonly #ring = new Ring<Usage>(keptSamples);
  readonly #measure: () => Promise<Totals | undefined>;
  readonly #now: () => number;
  readonly #timer: NodeJS.Timeout;
  #before: { readonly totals: Totals; readonly at: number } | undefined;
  #isMeasuring = false;

  constructor(measure: () => Promise<Totals | undefined>, now: () => number = Date.now) {
    this.#measure = measure;
    this.#now = now;
    this.#timer = setInterval(() => void this.look(), usageEveryMs);
    this.#timer.unref();
    void this.look();
  }

  samples(): Usage[] {
    return [...this.#ring];
  }

  get newest(): Usage | undefined {
    return this.samples().at(-1);
  }

  /** Takes a measurement, unless the one before is still under way. Never throws. */
  async look(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    try {
      const totals = await this.#measure();
      if (totals === undefined) return;
      const at = this.#now();
      if (this.#before)
        this.#ring.push(between(this.#before.totals, totals, at, at - this.#before.at));
      this.#before = { totals, at };
    } catch {
      // QEMU does not answer, or has gone: there is nothing to say of this moment.
    } finally {
      this.#isMeasuring = false;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function between(before: Totals, now: Totals, at: number, passedMs: number): Usage {
  const seconds = Math.max(passedMs, 1) / 1000;
  const rate = (key: keyof Totals) =>
    Math.round((Math.max(0, now[key] - before[key]) / seconds) * 100) / 100;
  return {
    time: new Date(at).toISOString(),
    cpuPercent: rate('cpuSeconds') * 100,
    memoryMiB: Math.round(now.memoryBytes / 2 ** 20),
    diskReadBytesPerSecond: Math.round(rate('diskReadBytes')),
    diskWriteBytesPerSecond: Math.round(rate('diskWriteBytes')),
    // QEMU does not count what passes its network card.
    networkReceivedBytesPerSecond: 0,
    networkSentBytesPerSecond: 0,
  };
}

/** What a QEMU has used so far; undefined when it has gone. */
export async function totalsOf(pid: number, qmp: Qmp): Promise<Totals | undefined> {
  const process = processTotals(pid);
  if (process === undefined) return undefined;
  return { ...process, ...diskTotals(await qmp.execute('query-blockstats')) };
}

function processTotals(pid: number): Pick<Totals, 'cpuSeconds' | 'memoryBytes'> | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in parentheses, may hold anything; utime and stime are the 14th and 15th field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return {
      cpuSeconds: ticks / ticksPerSecond,
      memoryBytes: Number(fields[21]) * pageBytes,
    };
  } catch {
    return undefined;
  }
}

/** Sums of QMP's query-blockstats; what has not its form counts nothing. */
export function diskTotals(answer: unknown): Pick<Totals, 'diskReadBytes' | 'diskWriteBytes'> {
  let diskReadBytes = 0;
  let diskWriteBytes = 0;
  const count = (value: unknown) =>
    typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
  for (const drive of Array.isArray(answer) ? answer : []) {
    const stats = (drive as { stats?: Record<string, unknown> } | null)?.stats;
    diskReadBytes += count(stats?.rd_bytes);
    diskWriteBytes += count(stats?.wr_bytes);
  }
  return { diskReadBytes, diskWriteBytes };
}
