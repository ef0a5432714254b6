// The probe of the hypervisor, asked once and remembered; and what `status` says of it.

import { type Probe, RayError, type Status } from '../contracts/index.ts';
import { probeHypervisor } from '../hypervisor/index.ts';
import { probeUser } from './users.ts';

export class HypervisorProbe {
  readonly #cacheDir: string;
  #known: Probe | undefined;
  /** Why there is none, as the last one said. */
  #missing: string | undefined;

  constructor(cacheDir: string) {
    this.#cacheDir = cacheDir;
  }

  /** `fresh` runs the proof guest anew. Throws what probeHypervisor() throws. */
  async probe(options: { readonly fresh: boolean; readonly signal: AbortSignal }): Promise<Probe> {
    if (this.#known && !options.fresh) return this.#known;
    try {
      this.#known = await probeHypervisor({
        cacheDir: this.#cacheDir,
        ...options,
        ...probeUser(),
      });
      this.#missing = undefined;
      return this.#known;
    } catch (thrown) {
      this.#missing =
        thrown instanceof RayError ? `${thrown.message}. ${thrown.next}` : String(thrown);
      throw thrown;
    }
  }

  get words(): Pick<Status, 'qemu' | 'qemuMissing'> {
    if (this.#known) {
      const { version, accelerator, why } = this.#known;
      return { qemu: { version, accelerator: accelerator as 'kvm' | 'tcg', why } };
    }
    return this.#missing === undefined ? {} : { qemuMissing: this.#missing };
  }
}
