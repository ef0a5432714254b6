// Takes charge again of a QEMU that an earlier rayosd started.

import { holdProcess } from '../ffi/process.ts';
import { QmpClient } from '../qmp/client.ts';
import type { RunningQemu } from './running.ts';

/**
 * The QEMU with this pid that began at `startTime`; undefined when it is gone, whoever has its pid now.
 * Throws QEMU_PROTOCOL when it is there but does not talk, TIMED_OUT, CANCELLED.
 */
export async function attachQemu(
  pid: number,
  startTime: number,
  qmpSocket: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<RunningQemu | undefined> {
  const held = holdProcess(pid, startTime);
  if (held === undefined) return undefined;
  let isGone = false;
  const exited = held.ended.then(() => {
    isGone = true;
    return { code: null, signal: null };
  });
  try {
    const qmp = await QmpClient.connect(qmpSocket, options);
    return {
      pid,
      startTime,
      qmp,
      exited,
      resume: async () => void (await qmp.execute('cont')),
      kill: async () => {
        held.kill();
        await exited;
      },
      release: () => held.release(),
    };
  } catch (thrown) {
    held.release();
    if (isGone) return undefined;
    throw thrown;
  }
}
