// What systemd says of the whole machine (systemctl is-system-running).

import { execFile } from 'node:child_process';

const limitMs = 20_000;

/**
 * Whether this machine is being shut down. True also where that cannot be learned: whoever asks saves then
 * what would be lost.
 */
export function machineStops(systemctl = '/usr/bin/systemctl'): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const env = { LC_ALL: 'C.UTF-8' };
  execFile(systemctl, ['is-system-running'], { timeout: limitMs, env }, (_error, stdout) =>
    // Its status says no more than its words, of which any but these are of a machine that stays on.
    resolve(!/^(initializing|starting|running|degraded|maintenance)$/m.test(stdout)),
  );
  return promise;
}
