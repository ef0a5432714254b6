// The scanout's memory went away under us: the guest switched its screen, or QEMU is gone or hostile.

import { RayError } from '../../contracts/errors.ts';

/** Thrown by `Scanout.readRows`; wait for the next scanout. */
export class ScanoutLost extends RayError {
  constructor(message: string) {
    super('NO_FRAME', message);
  }
}
