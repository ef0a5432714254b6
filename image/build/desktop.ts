// The web desktop of the image. It is built where it is laid out: the checkout stays as it was, for the person
// whose it is and who is not root.

import { join } from 'node:path';
import { build } from 'vite';

const desktop = join(import.meta.dirname, '../../desktop');

/** Builds it into `folder`. */
export async function buildDesktop(folder: string): Promise<void> {
  await build({
    root: desktop,
    // Node reads the settings as they are: else a bundled copy of them is written into node_modules.
    configLoader: 'native',
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  });
}
