// A suspended guest's state in its folder: under its name only when it is whole and durable.

import { chmodSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asRayError, RayError } from '../contracts/index.ts';
import { syncDirectory } from '../foundation/index.ts';
import { type QmpClient, saveState } from '../hypervisor/index.ts';
import type { Places } from './places.ts';

type Memory = Pick<Places, 'memory'>;

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

/** Whether the state has the size that was written down. */
export function isWhole({ memory }: Memory, bytes: number): boolean {
  return statSync(memory, { throwIfNoEntry: false })?.size === bytes;
}

/** Removes what there is of a state. */
export function discardState(places: Memory): void {
  rmSync(temporary(places), { force: true });
  rmSync(places.memory, { force: true });
}
