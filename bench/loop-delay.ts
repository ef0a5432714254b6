// Loaded into rayosd by the bench alone (NODE_OPTIONS=--import): measures the delay of its event loop
// between two SIGUSR2 and writes what it found to RAYOS_BENCH_LOOP. Until the first signal it costs nothing.

import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export type LoopDelay = {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly samples: number;
};

/** The timer that samples the loop; its own interval is part of each sample and is taken off. */
const resolutionMs = 1;
const file = process.env.RAYOS_BENCH_LOOP;

// Whatever rayosd starts inherits the option: only rayosd itself listens.
if (file !== undefined && process.argv[1]?.endsWith('src/rayosd/main.ts')) {
  let histogram: ReturnType<typeof monitorEventLoopDelay> | undefined;
  process.on('SIGUSR2', () => {
    if (histogram === undefined) {
      histogram = monitorEventLoopDelay({ resolution: resolutionMs });
      histogram.enable();
      return;
    }
    histogram.disable();
    const ms = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - resolutionMs);
    const found: LoopDelay = {
      p50Ms: ms(histogram.percentile(50)),
      p99Ms: ms(histogram.percentile(99)),
      maxMs: ms(histogram.max),
      samples: histogram.count,
    };
    histogram = undefined;
    writeFileSync(`${file}.tmp`, JSON.stringify(found));
    renameSync(`${file}.tmp`, file); // the bench waits for the whole of it
  });
}
