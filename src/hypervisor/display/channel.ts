// rayosd's part of a display: a socket pair, of which QEMU gets one end and a framer the other.

import { randomUUID } from 'node:crypto';
import { closeDescriptor, socketPair } from '../ffi/descriptors.ts';
import type { QmpClient } from '../qmp/client.ts';

/**
 * Opens a display connection to QEMU and returns our end's descriptor (closed on exec), to be handed
 * to a framer, which authenticates on it. QEMU then forgets any earlier connection. Throws QEMU_PROTOCOL.
 */
export async function openDisplayChannel(qmp: QmpClient, signal?: AbortSignal): Promise<number> {
  const options = signal === undefined ? {} : { signal };
  const fdname = `display-${randomUUID()}`;
  const [ours, theirs] = socketPair();
  try {
    await qmp.execute('getfd', { fdname }, { ...options, fds: [theirs] });
    try {
      await qmp.execute('add_client', { protocol: '@dbus-display', fdname }, options);
    } catch (thrown) {
      await qmp.execute('closefd', { fdname }).catch(() => {});
      throw thrown;
    }
    return ours;
  } catch (thrown) {
    closeDescriptor(ours);
    throw thrown;
  } finally {
    closeDescriptor(theirs);
  }
}
