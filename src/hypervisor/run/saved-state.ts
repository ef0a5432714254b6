// A machine's whole state to a file and back: a migration whose other end is a descriptor that QEMU is
// given, so that it needs no right to open anything. The machine has to be stopped.

import { RayError } from '../../contracts/index.ts';
import { unlessAborted } from '../../foundation/index.ts';
import type { QmpClient } from '../qmp/client.ts';

const descriptorName = 'saved-state';
/** Nobody waits for the network here: as fast as the disk takes it. */
const noLimit = 2 ** 50;

/** Writes the state to `fd`. Throws STATE_UNWRITABLE in QEMU's words; the machine can then go on. */
export async function saveState(qmp: QmpClient, fd: number, signal: AbortSignal): Promise<void> {
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': noLimit });
  await migrate(qmp, 'migrate', fd, signal);
}

/** Reads the state from `fd` into a machine that was started as `incoming`; it is paused then. */
export async function loadState(qmp: QmpClient, fd: number, signal: AbortSignal): Promise<void> {
  await migrate(qmp, 'migrate-incoming', fd, signal);
}

async function migrate(
  qmp: QmpClient,
  command: 'migrate' | 'migrate-incoming',
  fd: number,
  signal: AbortSignal,
): Promise<void> {
  const capabilities = [{ capability: 'events', state: true }];
  await qmp.execute('migrate-set-capabilities', { capabilities });
  await qmp.execute('getfd', { fdname: descriptorName }, { fds: [fd] });
  const ended = Promise.withResolvers<boolean>();
  const stop = qmp.onEvent(({ event, data }) => {
    if (event !== 'MIGRATION') return;
    if (data.status === 'completed') ended.resolve(true);
    if (data.status === 'failed' || data.status === 'cancelled') ended.resolve(false);
  });
  const lost = qmp.closed.then((reason) => {
    throw new RayError('QEMU_PROTOCOL', reason);
  });
  lost.catch(() => {});
  try {
    await qmp.execute(command, { uri: `fd:${descriptorName}` });
    if (await unlessAborted(Promise.race([ended.promise, lost]), signal)) return;
    const { 'error-desc': said } = (await qmp.execute('query-migrate')) as {
      readonly 'error-desc'?: string;
    };
    throw new RayError('STATE_UNWRITABLE', `QEMU says: ${said ?? 'no reason'}`, {});
  } finally {
    stop();
  }
}
