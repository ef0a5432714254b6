// Custody of the QEMUs that run: they are launched or taken over, watched to their end, and let go of. It
// does one thing at a time for each guest only because its caller does.

import { asRayError, type Probe, RayError } from '../contracts/index.ts';
import { asUnwritable, Emitter } from '../foundation/index.ts';
import { killProcess } from '../hypervisor/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { type ColdStartParts, coldStart } from './cold-start.ts';
import { diedError, notRunning } from './endings.ts';
import { Launches } from './launches.ts';
import { Ledger } from './ledger.ts';
import { type Places, placesOf } from './places.ts';
import { type GuestRow, usable } from './registry.ts';
import { Resting, type RestingParts } from './resting.ts';
import { RunningGuest } from './running.ts';
import { discardState } from './saved.ts';
import { watchSilence } from './silence.ts';

export type CustodyParts = ColdStartParts &
  RestingParts & {
    readonly policy: PolicyFile;
    /** Why no guest is started, where the machine was started in safe mode. */
    readonly safeMode?: string;
    probe(signal: AbortSignal): Promise<Probe>;
  };

export class Custody {
  /** A guest runs, or runs on, and is in our charge. */
  readonly began = new Emitter<{ readonly row: GuestRow; readonly guest: RunningGuest }>();
  /** A guest's QEMU has gone, for whatever reason. */
  readonly gone = new Emitter<string>();
  readonly #parts: CustodyParts;
  readonly #ledger: Ledger;
  readonly #resting: Resting;
  readonly #running = new Map<string, RunningGuest>();
  readonly #launches = new Launches();
  readonly #expected = new Set<string>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #life = new AbortController();

  constructor(parts: CustodyParts) {
    this.#parts = parts;
    this.#ledger = new Ledger(parts);
    this.#resting = new Resting(parts, this.#ledger);
  }

  /** Something that people see of a guest has changed. */
  get changed(): Emitter<void> {
    return this.#ledger.changed;
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

  /** Stops a guest's processors, or lets them go on. */
  async setPaused(row: GuestRow, isPaused: boolean): Promise<void> {
    const guest = this.#running.get(row.id);
    if (!guest) throw notRunning(row);
    await (isPaused ? guest.pause() : guest.goOn());
    this.#ledger.noteRun(row, isPaused ? 'you paused it' : undefined);
  }

  /** Saves a guest to disk, and ends its QEMU after that. Throws STATE_UNWRITABLE: it then goes on as before. */
  async suspend(row: GuestRow, wake: boolean): Promise<void> {
    const guest = this.#running.get(row.id);
    if (!guest) throw notRunning(row);
    await this.#resting.save(row, guest, wake);
    await guest.qemu.kill();
    await this.#ending.get(row.id);
  }

  /** The guest that runs, or a fresh start of it. Throws POLICY_DENIED, GUEST_DIED, IMAGE_MISSING …; noted down. */
  async start(row: GuestRow): Promise<RunningGuest> {
    const { id } = row;
    this.#life.signal.throwIfAborted();
    if (usable(row).spec.making !== undefined)
      throw new RayError('GUEST_CANNOT', `${row.title} is not whole: ${row.spec.making}`, {
        remedy:
          'Wait until it is made; one that stays so is removed when RayOS starts the next time.',
      });
    const already = this.#running.get(id);
    if (already) return already;
    if (row.saved && row.process) await this.reattach(row);
    else if (row.process) {
      const attached = await this.reattach(row);
      if (attached) return attached;
      if (this.#parts.registry.get(id).process)
        throw new RayError('GUEST_RUNNING', `${row.title} runs from before and does not answer`, {
          guest: row.name,
        });
    }
    this.#refuseInSafeMode();
    this.#claimPlace();
    using launch = this.#launches.begin(id, this.#life.signal);
    try {
      return await this.#launch(row, launch.signal);
    } catch (thrown) {
      const { qemuLog } = this.#places(id);
      const told = launch.signal.aborted ? launch.signal.reason : (asUnwritable(thrown) ?? thrown);
      const error = asRayError(told, { guest: row.name, logFile: qemuLog });
      if (error.code === 'CANCELLED') this.#ledger.forgetProcess(id, 'stopped');
      else this.#ledger.noteFailed(row, error);
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
    const process = this.#ledger.processOf(row);
    if (row.saved) {
      // Nothing has run since it was saved: a QEMU that is there was about to end, or was still loading.
      if (process && (await killProcess(process.pid, process.startTime)))
        mark('GUEST:MENDED', { guest: row.name, what: 'it rests on disk' });
      this.#ledger.forgetProcess(row.id, 'stopped');
      this.changed.emit();
      return undefined;
    }
    discardState(this.#places(row.id));
    try {
      const mayRun = row.state !== 'paused';
      const guest =
        process &&
        (await RunningGuest.attach(process, this.#places(row.id), this.#life.signal, mayRun));
      if (guest) {
        await this.#parts.surround.holdAgain(row, guest.qemu.pid);
        this.#adopt(row, guest);
        const reason = guest.stopReason ?? (mayRun ? undefined : (row.reason ?? 'you paused it'));
        if (reason !== undefined) this.#ledger.noteRun(row, reason);
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
    this.#ledger.forgetProcess(row.id, 'stopped', 'it was no longer running when RayOS started');
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
    } else if (row.saved === undefined && row.state !== 'starting') {
      throw notRunning(row);
    }
    this.#parts.registry.setSaved(id, undefined);
    discardState(this.#places(id));
    this.#ledger.forgetProcess(id, 'stopped');
    this.#parts.mark('GUEST:KILLED', { guest: row.name });
    this.changed.emit();
  }

  /** Ends a guest that runs, as somebody wished; it stays off the screen. */
  async end(id: string): Promise<void> {
    const guest = this.#running.get(id);
    if (guest === undefined) return;
    this.#expected.add(id);
    await guest.qemu.kill();
    await this.#ending.get(id);
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
  #refuseInSafeMode(): void {
    const { safeMode } = this.#parts;
    if (safeMode === undefined) return;
    throw new RayError('GUEST_CANNOT', `no guest is started: ${safeMode}`, {
      remedy: 'Start the machine again and choose the entry without safe mode.',
    });
  }

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
    const host = await this.#parts.probe(signal);
    const since = performance.now();
    const woken = row.saved && (await this.#resting.wake(row, row.saved, host, signal));
    if (woken) {
      this.#adopt(row, woken);
      const milliseconds = Math.round(performance.now() - since);
      this.#parts.mark('GUEST:WOKEN', { guest: row.name, milliseconds });
      return woken;
    }
    const parts = { ...this.#parts, ledger: this.#ledger };
    const started = await coldStart(row, parts, host, signal);
    this.#adopt(started.row, started.guest);
    return started.guest;
  }

  #adopt(row: GuestRow, guest: RunningGuest): void {
    const { mark } = this.#parts;
    this.#running.set(row.id, guest);
    this.#ledger.setState(row.id, 'running');
    mark('GUEST:RUNNING', { guest: row.name });
    guest.becameReady.on((milliseconds) => {
      mark('GUEST:READY', { guest: row.name, milliseconds });
      this.changed.emit();
    });
    if (!row.spec.agent) guest.readyWithoutAgent();
    else if (guest.ready)
      mark('GUEST:READY', { guest: row.name, milliseconds: guest.readyAfterMs ?? 0 });
    // One that has died tells no more of itself: what is written down of it is how it ended.
    guest.ran.on((reason) => {
      if (this.#running.get(row.id) === guest) this.#ledger.noteRun(row, reason);
    });
    guest.diskFull.on((disk) => mark('GUEST:DISK_FULL', { guest: row.name, disk }));
    guest.followed.on((size) => mark('GUEST:DISPLAY_FOLLOWED', { guest: row.name, ...size }));
    guest.panicked.on(() => mark('GUEST:PANICKED', { guest: row.name }));
    const isOurs = () => this.#running.get(row.id) === guest;
    const { registry } = this.#parts;
    const watch = { registry, ledger: this.#ledger, mark, isOurs };
    void watchSilence(row, guest, watch, this.#life.signal);
    this.began.emit({ row, guest });
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
    const saved = this.#parts.registry.find(row.id)?.saved;
    if (saved !== undefined) {
      this.#ledger.forgetProcess(row.id, 'stopped');
      mark('GUEST:SUSPENDED', { guest: row.name, bytes: saved.bytes });
    } else if (isExpected || guest.shutDownByGuest) {
      this.#ledger.forgetProcess(row.id, 'stopped');
      mark('GUEST:STOPPED', { guest: row.name });
    } else {
      this.#ledger.noteFailed(row, diedError(row, this.#places(row.id)));
    }
    if (saved === undefined) this.#ledger.forgetScreen(row.id);
    this.#ending.delete(row.id);
    this.#parts.surround.letGo(row.id);
    this.gone.emit(row.id);
    this.changed.emit();
    await guest[Symbol.asyncDispose]();
  }

  #places(id: string): Places {
    return placesOf(this.#parts.paths, id);
  }
}
