// Disks of guests that run, by QMP.

import type { QmpClient } from '../qmp/client.ts';

/** QEMU does nothing else meanwhile, and a slow disk takes its time. */
const snapshotMs = 60_000;

/** Enlarges a disk; the guest hears of it at once. */
export async function resizeLiveDisk(
  qmp: QmpClient,
  disk: string,
  virtualBytes: number,
): Promise<void> {
  await qmp.execute('block_resize', { 'node-name': disk, size: virtualBytes });
}

/** Takes an internal snapshot of all disks at one moment: of all, or of none. */
export async function snapshotLiveDisks(
  qmp: QmpClient,
  disks: readonly string[],
  name: string,
): Promise<void> {
  if (disks.length === 0) return;
  const actions = disks.map((device) => ({
    type: 'blockdev-snapshot-internal-sync',
    data: { device, name },
  }));
  await qmp.execute('transaction', { actions }, { timeoutMs: snapshotMs });
}

/** Deletes an internal snapshot of one disk. */
export async function deleteLiveSnapshot(
  qmp: QmpClient,
  device: string,
  name: string,
): Promise<void> {
  await qmp.execute(
    'blockdev-snapshot-delete-internal-sync',
    { device, name },
    { timeoutMs: snapshotMs },
  );
}
