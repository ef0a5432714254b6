// A suspended guest's state in its folder: under its name only when it is whole and durable.

import { chmodSync, closeSync, openSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asRayError, RayError } from '../contracts/index.ts';
import { syncDirectory, within } from '../foundation/index.ts';
import {
  loadState,
  type QmpClient,
  type RunningQemu,
  StateRefused,
  saveState,
} from '../hypervisor/index.ts';
import type { Places } from './places.ts';

type Memory = Pick<Places, 'memory'>;

/** Between the end of QEMU's connection and its own. */
const endTimeoutMs = 5000;

const temporary = ({ memory }: Memory) => `${memory}.tmp`;

/** Saves a machine that is stopped; the bytes of the file. Throws STATE_UNWRITABLE or TIMED_OUT, in words. */
export async function writeState(
  qmp: QmpClient,
  places: Memory,
  signal: AbortSignal,
): Promise<number> {
  const path = temporary(places);
  try {
    rmSync(path, { force: true });
    await using file = await open(path, 'wx', 0o600);
    await saveState(qmp, file.fd, signal);
    await file.sync();
    const { size } = await file.stat();
    chmodSync(path, 0o400);
    await rename(path, places.memory);
    syncDirectory(dirname(places.memory));
    return size;
  } catch (thrown) {
    const { code, message } = asRayError(thrown);
    throw new RayError(
      code === 'TIMED_OUT' ? code : 'STATE_UNWRITABLE',
      `its state could not be saved, and it goes on (${message})`,
      { path: dirname(places.memory) },
      thrown,
    );
  }
}

/**
 * Loads a state into a machine that waits for one. Throws StateRefused where the state itself is bad, else
 * what kept it from being read.
 */
export async function readState(
  qemu: RunningQemu,
  { memory }: Memory,
  signal: AbortSignal,
): Promise<void> {
  const fd = openSync(memory, 'r');
  try {
    await loadState(qemu.qmp, fd, signal);
  } catch (thrown) {
    throw (await endedLoading(qemu, thrown)) ?? thrown;
  } finally {
    closeSync(fd);
  }
}

/** Whether the state has the size that was written down. */
export function isWhole({ memory }: Memory, bytes: number): boolean {
  return statSync(memory, { throwIfNoEntry: false })?.size === bytes;
}

/** Removes what there is of a state. */
export function discardState(places: Memory): void {
  rmSync(temporary(places), { force: true });
  rmSync(places.memory, { force: true });
}

/**
 * What its end says of a QEMU whose connection broke as it loaded a state: one that cannot load it ends by
 * itself, with a status; a signal came from elsewhere (memory was short), or is QEMU's own fault.
 */
async function endedLoading(
  { exited }: RunningQemu,
  thrown: unknown,
): Promise<RayError | undefined> {
  const isBroken = thrown instanceof RayError && thrown.code === 'QEMU_PROTOCOL';
  if (!isBroken || thrown instanceof StateRefused) return undefined;
  const runs = () => new RayError('TIMED_OUT', 'still running');
  const end = await within(exited, endTimeoutMs, runs).catch(() => undefined);
  if (end === undefined) return undefined;
  const { code, signal } = end;
  if (code !== null && code !== 0)
    return new StateRefused(`QEMU ended with status ${code} as it loaded it`, thrown);
  const how = signal === null ? `with status ${code}` : `by ${signal}`;
  return new RayError('GUEST_DIED', `QEMU ended ${how} as it loaded its state`, {}, thrown);
}
