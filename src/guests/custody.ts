// Custody of the QEMUs that run: they are launched or taken over, watched to their end, and let go of. It
// does one thing at a time for each guest only because its caller does.

import { asRayError, type Probe, RayError } from '../contracts/index.ts';
import { Emitter, type Paths } from '../foundation/index.ts';
import { findQemu, killProcess } from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { Launches } from './launches.ts';
import { type BootImage, machineOf } from './machine.ts';
import { guestUser, makePlaces, type Places, placesOf, tailOf } from './places.ts';
import type { GuestProcess, GuestRow, Registry } from './registry.ts';
import { RunningGuest } from './running.ts';

export type CustodyParts = {
  readonly registry: Registry;
  readonly paths: Paths;
  readonly policy: PolicyFile;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
  probe(signal: AbortSignal): Promise<Probe>;
  /** The built image of a recipe. Throws IMAGE_MISSING. */
  image(recipe: string): Promise<BootImage>;
};

export class Custody {
  /** Something that people see of a guest has changed. */
  readonly changed = new Emitter<void>();
  /** A guest's QEMU has gone, for whatever reason. */
  readonly gone = new Emitter<string>();
  readonly #parts: CustodyParts;
  readonly #running = new Map<string, RunningGuest>();
  readonly #launches = new Launches();
  readonly #expected = new Set<string>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #life = new AbortController();

  constructor(parts: CustodyParts) {
    this.#parts = parts;
  }

  get(id: string): RunningGuest | undefined {
    return this.#running.get(id);
  }

  /** Ids of the guests that run. */
  ids(): string[] {
    return [...this.#running.keys()];
  }

  /** Whether this guest's end will be somebody's wish, and no failure. */
  expectEnd(id: string, isExpected: boolean): void {
    if (isExpected) this.#expected.add(id);
    else this.#expected.delete(id);
  }

  /** Resolves when the end of a guest has been noted down. */
  async ended(id: string): Promise<void> {
    await this.#ending.get(id);
  }

  /** The guest that runs, or a fresh start of it. Throws POLICY_DENIED, GUEST_DIED, IMAGE_MISSING …; noted down. */
  async start(row: GuestRow): Promise<RunningGuest> {
    const { id } = row;
    this.#life.signal.throwIfAborted();
    const already = this.#running.get(id);
    if (already) return already;
    if (row.process) {
      const attached = await this.reattach(row);
      if (attached) return attached;
      if (this.#parts.registry.get(id).process)
        throw new RayError('GUEST_RUNNING', `${row.title} runs from before and does not answer`, {
          guest: row.name,
        });
    }
    this.#claimPlace();
    using launch = this.#launches.begin(id, this.#life.signal);
    try {
      return await this.#launch(row, launch.signal);
    } catch (thrown) {
      const { qemuLog } = this.#places(id);
      const error = asRayError(launch.signal.aborted ? launch.signal.reason : thrown, {
        guest: row.name,
        logFile: qemuLog,
      });
      if (error.code === 'CANCELLED') this.#forgetProcess(id, 'stopped');
      else {
        this.#forgetProcess(id, 'failed', `${error.message}. ${error.next}`);
        this.#parts.mark('GUEST:FAILED', { guest: row.name, code: error.code });
      }
      this.changed.emit();
      throw error;
    }
  }

  /**
   * Takes charge of a guest that may run on from before; undefined when it does not. One that does not answer
   * is failed, with its reason: it can be killed, and holds nothing up.
   */
  async reattach(row: GuestRow): Promise<RunningGuest | undefined> {
    const { mark } = this.#parts;
    const process = row.process ?? this.#strayOf(row);
    try {
      const guest =
        process && (await RunningGuest.attach(process, this.#places(row.id), this.#life.signal));
      if (guest) {
        this.#adopt(row, guest);
        mark('GUEST:REATTACHED', { guest: row.name });
        return guest;
      }
    } catch (thrown) {
      const { message } = asRayError(thrown);
      this.#parts.registry.setState(
        row.id,
        'failed',
        `it runs from before, but does not answer (${message}). End it: rayos guest kill ${row.name}`,
      );
      mark('GUEST:FAILED', { guest: row.name, code: 'QEMU_PROTOCOL' });
      this.changed.emit();
      return undefined;
    }
    this.#forgetProcess(row.id, 'stopped', 'it was no longer running when RayOS started');
    mark('GUEST:STOPPED', { guest: row.name });
    return undefined;
  }

  /** Ends a guest at once, also one that is starting or does not answer. `settled` waits for its start's end. */
  async kill(row: GuestRow, settled: () => Promise<void>): Promise<void> {
    const { id, title } = row;
    const reason = new RayError('CANCELLED', `${title} was killed while it started`);
    if (this.#launches.abort(id, reason)) await settled();
    const guest = this.#running.get(id);
    if (guest) {
      this.#expected.add(id);
      await guest.qemu.kill();
      await this.#ending.get(id);
    } else if (row.process) {
      await killProcess(row.process.pid, row.process.startTime);
    } else if (row.state !== 'starting') {
      throw notRunning(row);
    }
    this.#forgetProcess(id, 'stopped');
    this.#parts.mark('GUEST:KILLED', { guest: row.name });
    this.changed.emit();
  }

  /** From now on nothing starts, and what is starting ends. */
  close(): void {
    this.#life.abort(new RayError('CANCELLED', 'RayOS is stopping'));
  }

  /** Lets go of the guests; they run on. */
  async release(): Promise<void> {
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map((guest) => guest[Symbol.asyncDispose]()));
  }

  /** Throws POLICY_DENIED when as many guests run, or are starting, as may. */
  #claimPlace(): void {
    const { max_running: limit } = this.#parts.policy.guests;
    const taken = this.#running.size + this.#launches.size;
    if (taken < limit) return;
    throw new RayError(
      'POLICY_DENIED',
      `policy lets ${limit} guests run at the same time, and ${taken} do`,
      {
        policyFile: this.#parts.paths.policyFile,
      },
    );
  }

  async #launch(row: GuestRow, signal: AbortSignal): Promise<RunningGuest> {
    const { registry, mark } = this.#parts;
    const places = this.#places(row.id);
    const image = await this.#parts.image(row.recipe);
    const { accelerator, binary } = await this.#parts.probe(signal);
    registry.setState(row.id, 'starting');
    mark('GUEST:STARTING', { guest: row.name, accelerator });
    this.changed.emit();
    makePlaces(places);
    const guest = await RunningGuest.launch(machineOf(row, image, places, accelerator), places, {
      binary,
      signal,
      ...guestUser(row),
      onSpawned: (process) =>
        registry.setProcess(row.id, { ...process, accelerator, started: new Date().toISOString() }),
    });
    this.#adopt(row, guest);
    return guest;
  }

  /** A QEMU of this guest that an earlier rayosd started and had no time to note down. */
  #strayOf(row: GuestRow): GuestProcess | undefined {
    const found = findQemu(row.id);
    if (!found) return undefined;
    const process: GuestProcess = {
      ...found,
      accelerator: 'tcg',
      started: new Date().toISOString(),
    };
    this.#parts.registry.setProcess(row.id, process);
    return process;
  }

  #adopt(row: GuestRow, guest: RunningGuest): void {
    const { registry, mark } = this.#parts;
    this.#running.set(row.id, guest);
    registry.setState(row.id, 'running');
    mark('GUEST:RUNNING', { guest: row.name });
    guest.becameReady.on((milliseconds) => {
      mark('GUEST:READY', { guest: row.name, milliseconds });
      this.changed.emit();
    });
    if (guest.ready)
      mark('GUEST:READY', { guest: row.name, milliseconds: guest.readyAfterMs ?? 0 });
    this.#ending.set(
      row.id,
      guest.qemu.exited.then(() => this.#ended(row, guest)),
    );
    this.changed.emit();
  }

  async #ended(row: GuestRow, guest: RunningGuest): Promise<void> {
    if (this.#running.get(row.id) !== guest) return; // let go of: not ours to report
    this.#running.delete(row.id);
    const { mark } = this.#parts;
    const isExpected = this.#expected.delete(row.id);
    if (isExpected || guest.shutDownByGuest) {
      this.#forgetProcess(row.id, 'stopped');
      mark('GUEST:STOPPED', { guest: row.name });
    } else {
      const error = this.diedError(row);
      this.#forgetProcess(row.id, 'failed', `${error.message}. ${error.next}`);
      mark('GUEST:FAILED', { guest: row.name, code: error.code });
    }
    this.#ending.delete(row.id);
    this.gone.emit(row.id);
    this.changed.emit();
    await guest[Symbol.asyncDispose]();
  }

  /**
   * Notes that a guest has no process any more. A registry that cannot be written (a full disk) is told to
   * the log and mended at the next start: the process is gone all the same.
   */
  #forgetProcess(id: string, state: 'stopped' | 'failed', reason?: string): void {
    try {
      this.#parts.registry.setProcess(id, undefined);
      this.#parts.registry.setState(id, state, reason);
    } catch (thrown) {
      this.#parts.report('the registry could not be written', asRayError(thrown));
    }
  }

  /** What is known of a guest that ended unexpectedly. */
  diedError(row: GuestRow): RayError {
    const { qemuLog } = this.#places(row.id);
    const last = tailOf(qemuLog).trim().split('\n').at(-1) ?? '';
    const said = last === '' ? 'QEMU said nothing' : `QEMU's last words: ${last.slice(0, 300)}`;
    return new RayError('GUEST_DIED', `${row.title} ended unexpectedly; ${said}`, {
      guest: row.name,
      logFile: qemuLog,
    });
  }

  #places(id: string): Places {
    return placesOf(this.#parts.paths, id);
  }
}

export function notRunning(row: GuestRow): RayError {
  return new RayError('GUEST_NOT_RUNNING', `${row.title} is not running`, { guest: row.name });
}
