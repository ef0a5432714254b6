// What is written down of guests as they start, run and end. A guest's end is so whether it can be written
// down or not (a full disk): it is told to the log then, and mended at the next start.

import { asRayError, type GuestState, type RayError } from '../contracts/index.ts';
import { Emitter } from '../foundation/index.ts';
import { findQemu } from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import type { GuestProcess, GuestRow, Registry } from './registry.ts';

export type LedgerParts = {
  readonly registry: Registry;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
};

export class Ledger {
  /** Something that people see of a guest has changed. */
  readonly changed = new Emitter<void>();
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** A QEMU is about to be started. What cannot be written down is not begun: this one throws. */
  noteStarting(row: GuestRow, accelerator: GuestProcess['accelerator']): void {
    const { registry, mark } = this.#parts;
    registry.setState(row.id, 'starting');
    mark('GUEST:STARTING', { guest: row.name, accelerator });
    this.changed.emit();
  }

  /** A guest's processors stand still, for `reason`, or go on. */
  noteRun(row: GuestRow, reason: string | undefined): void {
    const { mark } = this.#parts;
    this.setState(row.id, reason === undefined ? 'running' : 'paused', reason);
    if (reason === undefined) mark('GUEST:RESUMED', { guest: row.name });
    else mark('GUEST:PAUSED', { guest: row.name, reason });
    this.changed.emit();
  }

  /** A guest could not be started, or has ended, for a reason that a person is to know. */
  noteFailed(row: GuestRow, error: RayError): void {
    this.forgetProcess(row.id, 'failed', `${error.message}. ${error.next}`);
    this.#parts.mark('GUEST:FAILED', { guest: row.name, code: error.code });
  }

  /** The QEMU of a guest: as noted down, or one that an earlier rayosd started and had no time to note down. */
  processOf(row: GuestRow): GuestProcess | undefined {
    if (row.process) return row.process;
    const found = findQemu(row.id);
    if (!found) return undefined;
    const process: GuestProcess = {
      ...found,
      accelerator: row.machine?.accelerator ?? 'tcg',
      started: new Date().toISOString(),
    };
    this.#parts.registry.setProcess(row.id, process);
    return process;
  }

  /** Notes that a guest has no process any more, written down or not: it is gone all the same. */
  forgetProcess(id: string, state: 'stopped' | 'failed', reason?: string): void {
    const { registry } = this.#parts;
    this.#orTell(() => {
      registry.setProcess(id, undefined);
      const rests = registry.find(id)?.saved !== undefined;
      registry.setState(id, rests ? 'suspended' : state, reason);
    });
  }

  /** Notes a state down that is so whether it can be noted down or not. */
  setState(id: string, state: GuestState, reason?: string): void {
    this.#orTell(() => this.#parts.registry.setState(id, state, reason));
  }

  /** A guest that has ended is not shown again by itself. */
  forgetScreen(id: string): void {
    this.#orTell(() => this.#parts.registry.setPresented(id, false));
  }

  #orTell(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      this.#parts.report('the registry could not be written', asRayError(thrown));
    }
  }
}
