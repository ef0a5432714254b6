// What a guest may use of this machine: memory, processors and processes by its cgroup, disks by QEMU's own
// throttle. What does not hold is said, with the reason.

import type { Controller, GroupLimits, Holder } from '../host/index.ts';
import type { GuestRow } from './registry.ts';

/** Beyond the guest's own memory: QEMU itself, its screens; translated code under software emulation. */
const overheadMiB = { kvm: 768, tcg: 2048 } as const;
/** QEMU's threads: processors, disks, display. A fork bomb in QEMU ends here. */
const maxProcesses = 1024;

export function groupLimits(
  { memoryMiB, spec }: Pick<GuestRow, 'memoryMiB' | 'spec'>,
  accelerator: 'kvm' | 'tcg',
): GroupLimits {
  const { cpuPercent } = spec.limits;
  return {
    memoryBytes: (memoryMiB + overheadMiB[accelerator]) * 2 ** 20,
    processes: maxProcesses,
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
  };
}

/**
 * What holds a guest's limits, or why nothing does. `held`: the controllers that hold one that runs, as they
 * are found; of one that does not run, those that will.
 */
export function limitsHeldBy(
  { memoryMiB, spec }: Pick<GuestRow, 'memoryMiB' | 'spec'>,
  cgroups: Pick<Holder, 'controllers' | 'missing'> | string,
  held?: ReadonlySet<Controller>,
): string {
  const { cpuPercent, diskMiBPerSecond } = spec.limits;
  const words: Readonly<Record<Controller, string | undefined>> = {
    memory: `memory (its ${memoryMiB} MiB and what QEMU needs)`,
    cpu: cpuPercent === undefined ? undefined : `processor (${cpuPercent} % of one)`,
    pids: 'number of processes',
  };
  const inWords = (controllers: Iterable<Controller>) =>
    [...controllers].flatMap((controller) => words[controller] ?? []);
  const should = typeof cgroups === 'string' ? [] : inWords(cgroups.controllers);
  const does = held === undefined ? should : should.filter((each) => inWords(held).includes(each));
  const parts = [
    does.length > 0 ? `a cgroup: ${does.join(', ')}` : undefined,
    diskMiBPerSecond === undefined
      ? undefined
      : `QEMU itself: each disk (${diskMiBPerSecond} MiB a second)`,
  ].filter((part) => part !== undefined);
  const lost = should.filter((each) => !does.includes(each));
  const missing =
    typeof cgroups !== 'string' && lost.length > 0
      ? `its QEMU could not be put into one that holds ${lost.join(', ')}; the log says why`
      : typeof cgroups === 'string'
        ? cgroups
        : cgroups.missing;
  if (missing === undefined) return parts.join('; ');
  const kept = parts.length === 0 ? 'nothing' : parts.join('; ');
  return `${kept}; not by a cgroup what should be: ${missing}`;
}
