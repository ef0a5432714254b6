// One start of a guest's QEMU. What its devices need is prepared first; its process is noted down, and held by
// its limits, before it does anything.

import type { Probe } from '../contracts/index.ts';
import type { MachineConfig } from '../hypervisor/index.ts';
import { guestUser, type Places } from './places.ts';
import type { GuestRow, Registry } from './registry.ts';
import { RunningGuest } from './running.ts';
import type { Surround } from './surround.ts';

export type SpawnParts = {
  readonly registry: Registry;
  /** Network, folders and limits. */
  readonly surround: Surround;
};

export type SpawnOptions = {
  readonly host: Pick<Probe, 'accelerator' | 'binary'>;
  readonly signal: AbortSignal;
  /** What must be written down before the guest's processors run. */
  beforeItRuns?(): void;
};

/** Starts QEMU with this machine; the guest's processors run when it resolves. */
export async function spawnGuest(
  row: GuestRow,
  machine: MachineConfig,
  places: Places,
  { registry, surround }: SpawnParts,
  { host: { accelerator, binary }, ...options }: SpawnOptions,
): Promise<RunningGuest> {
  using prepared = surround.prepare(machine, row, places);
  return await RunningGuest.launch(machine, places, {
    ...options,
    binary,
    ...guestUser(row),
    connected: prepared.connected,
    onSpawned: async (process) => {
      registry.setProcess(row.id, { ...process, accelerator, started: new Date().toISOString() });
      await surround.hold(row, [process.pid, ...prepared.beside], machine);
      prepared.begin();
    },
  });
}
