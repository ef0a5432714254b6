// A picture of what the machine shows, by QEMU itself.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { QmpClient } from '../../src/hypervisor/index.ts';

/** The first screen as PNG. */
export async function takePicture(qmp: QmpClient, folder: string): Promise<Uint8Array> {
  const place = mkdtempSync(join(folder, 'picture-'));
  try {
    const filename = join(place, 'screen.png');
    await qmp.execute('screendump', { filename, format: 'png' });
    return readFileSync(filename);
  } finally {
    rmSync(place, { recursive: true });
  }
}
