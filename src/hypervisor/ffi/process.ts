// A process that is not our child, held by a descriptor (pidfd): its number may be given to another
// process one day, the descriptor never is.

import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { closeDescriptor } from './descriptors.ts';
import { calls, check } from './libc.ts';

const SIGKILL = 9;

/** When a process began, in clock ticks after boot; undefined when there is none, or only its zombie. */
export function startTimeOf(pid: number): number | undefined {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // proc(5): the name may hold anything, ")" too; field 3 is the state, field 22 the start time.
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  const startTime = Number(fields[19]);
  return fields[0] === 'Z' || fields[0] === 'X' || !Number.isFinite(startTime)
    ? undefined
    : startTime;
}

export type HeldProcess = {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** SIGKILL; this process then lives at least until `ended`. */
  kill(): void;
  /** Stops watching; `ended` then never resolves. */
  release(): void;
};

/** Holds the process `pid` that began at `startTime`; undefined when it is gone. */
export function holdProcess(pid: number, startTime: number): HeldProcess | undefined {
  const fd = calls.pidfdOpen(pid);
  if (fd < 0) return undefined;
  if (startTimeOf(pid) !== startTime) {
    closeDescriptor(fd);
    return undefined;
  }
  const ended = Promise.withResolvers<void>();
  let isHeld = true;
  const release = () => {
    if (!isHeld) return;
    isHeld = false;
    poll.close();
    closeDescriptor(fd);
  };
  const poll = koffi.node.poll(fd, { readable: true }, () => {
    release();
    ended.resolve();
  });
  poll.unref();
  return {
    ended: ended.promise,
    kill: () => {
      if (!isHeld) return;
      poll.ref();
      check('pidfd_send_signal', calls.pidfdSendSignal(fd, SIGKILL));
    },
    release,
  };
}
