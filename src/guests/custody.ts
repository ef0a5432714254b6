// Custody of the QEMUs that run: they are launched or taken over, watched to their end, and let go of. It
// does one thing at a time for each guest only because its caller does.

import { asRayError, type GuestState, type Probe, RayError } from '../contracts/index.ts';
import { asUnwritable, Emitter, type Paths, sleep } from '../foundation/index.ts';
import { findQemu, killProcess, StateRefused } from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { baseKey, ensureDisks, type Pins } from './disks.ts';
import { mountFolders, unmountFolders } from './folder-mounts.ts';
import { HungReason } from './heartbeat.ts';
import { Launches } from './launches.ts';
import { type BootImage, machineOf, needsImage } from './machine.ts';
import { guestUser, makePlaces, type Places, placesOf, tailOf } from './places.ts';
import {
  type GuestProcess,
  type GuestRow,
  type Registry,
  type SavedState,
  usable,
} from './registry.ts';
import { RunningGuest, type Silence } from './running.ts';
import { discardState, isWhole, writeState } from './saved.ts';
import type { Surround } from './surround.ts';

export type CustodyParts = {
  readonly registry: Registry;
  readonly paths: Paths;
  readonly policy: PolicyFile;
  readonly mark: Mark;
  /** Network, folders and limits. */
  readonly surround: Surround;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
  probe(signal: AbortSignal): Promise<Probe>;
  /** The built image of a recipe: the newest, or that of a key. Throws IMAGE_MISSING. */
  image(recipe: string, key?: string): Promise<BootImage>;
  readonly pins: Pins;
};

const silenceMs = 5000;

const hungReasons = {
  QEMU: ({ name }: GuestRow) =>
    `QEMU does not answer. End it, if it stays so: rayos guest kill ${name}`,
  agent: ({ name }: GuestRow) =>
    `the desktop in it has not answered for a minute. End it, if it stays so: rayos guest kill ${name}`,
} as const;

export class Custody {
  /** Something that people see of a guest has changed. */
  readonly changed = new Emitter<void>();
  /** A guest runs, or runs on, and is in our charge. */
  readonly began = new Emitter<{ readonly row: GuestRow; readonly guest: RunningGuest }>();
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

  /** Stops a guest's processors, or lets them go on. */
  async setPaused(row: GuestRow, isPaused: boolean): Promise<void> {
    const guest = this.#running.get(row.id);
    if (!guest) throw notRunning(row);
    await (isPaused ? guest.pause() : guest.goOn());
    this.#noteRun(row, isPaused ? 'you paused it' : undefined);
  }

  /**
   * Saves a guest to disk and ends its QEMU. The row says that it is saved once the file is durable, and
   * before QEMU ends. Throws STATE_UNWRITABLE: it then goes on as before.
   */
  async suspend(row: GuestRow, wake: boolean): Promise<void> {
    const { registry, mark } = this.#parts;
    const guest = this.#running.get(row.id);
    if (!guest || row.machine === undefined || row.process === undefined) throw notRunning(row);
    const { machine, process } = row;
    mark('GUEST:SUSPENDING', { guest: row.name });
    // A mounted folder would block it; it is mounted again when the guest goes on.
    await unmountFolders(guest.agent, row.spec.folders);
    await guest.quietly(async () => {
      try {
        await guest.qemu.qmp.execute('stop');
        const bytes = await writeState(guest.qemu.qmp, this.#places(row.id), AbortSignal.any([]));
        const { accelerator } = process;
        const at = new Date().toISOString();
        registry.setSaved(row.id, { at, bytes, accelerator, machine }, wake);
      } catch (thrown) {
        // Also after a `stop` without an answer: a QEMU that goes on does both, in this order.
        if (row.state === 'running') await guest.goOnAfter('it could not be suspended');
        tryDiscard(this.#places(row.id));
        void mountFolders(guest.agent, registry.get(row.id).spec.folders, this.#places(row.id));
        throw thrown;
      }
    });
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
    this.#claimPlace();
    using launch = this.#launches.begin(id, this.#life.signal);
    try {
      return await this.#launch(row, launch.signal);
    } catch (thrown) {
      const { qemuLog } = this.#places(id);
      const told = launch.signal.aborted ? launch.signal.reason : (asUnwritable(thrown) ?? thrown);
      const error = asRayError(told, { guest: row.name, logFile: qemuLog });
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
    if (row.saved) {
      // Nothing has run since it was saved: a QEMU that is there was about to end, or was still loading.
      if (process && (await killProcess(process.pid, process.startTime)))
        mark('GUEST:MENDED', { guest: row.name, what: 'it rests on disk' });
      this.#forgetProcess(row.id, 'stopped');
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
        this.#adopt(row, guest);
        const reason = guest.stopReason ?? (mayRun ? undefined : (row.reason ?? 'you paused it'));
        if (reason !== undefined) this.#noteRun(row, reason);
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
    } else if (row.saved === undefined && row.state !== 'starting') {
      throw notRunning(row);
    }
    this.#parts.registry.setSaved(id, undefined);
    discardState(this.#places(id));
    this.#forgetProcess(id, 'stopped');
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
    const { accelerator, binary, devices } = await this.#parts.probe(signal);
    if (row.saved) {
      const woken = await this.#wake(row, row.saved, { accelerator, binary }, signal);
      if (woken) return woken;
    }
    const image = needsImage(row) ? await this.#parts.image(row.recipe, baseKey(row)) : undefined;
    registry.setState(row.id, 'starting');
    mark('GUEST:STARTING', { guest: row.name, accelerator });
    this.changed.emit();
    makePlaces(places);
    const disks = await ensureDisks(row, image, places, this.#parts.pins, signal);
    // Read again: what a person changed while its disks were made (a folder taken away) holds already.
    const now = registry.get(row.id);
    const made =
      disks === row.spec.disks
        ? now
        : registry.change(row.id, { spec: { ...now.spec, disks: [...disks] } });
    const { surround } = this.#parts;
    const plain = machineOf(made, image, places, { accelerator, devices });
    const machine = { ...plain, devices: [...plain.devices, ...surround.devices(made, places)] };
    registry.setMachine(row.id, machine);
    using prepared = surround.prepare(machine, made, places);
    const guest = await RunningGuest.launch(machine, places, {
      binary,
      signal,
      ...guestUser(made),
      connected: prepared.connected,
      onSpawned: (process) => {
        registry.setProcess(row.id, { ...process, accelerator, started: new Date().toISOString() });
        surround.hold(made, process.pid, machine);
      },
    });
    this.#adopt(made, guest);
    return guest;
  }

  /**
   * Lets a suspended guest go on where it was. Undefined when the state itself is bad (cut short, or QEMU
   * will not have it), which is told: it is given up then. Throws for any other reason, such as a file that
   * is not there, and keeps the state.
   */
  async #wake(
    row: GuestRow,
    saved: SavedState,
    { accelerator, binary }: { readonly accelerator: 'kvm' | 'tcg'; readonly binary: string },
    signal: AbortSignal,
  ): Promise<RunningGuest | undefined> {
    const { registry, mark, surround } = this.#parts;
    const places = this.#places(row.id);
    const since = performance.now();
    registry.setState(row.id, 'starting');
    mark('GUEST:STARTING', { guest: row.name, accelerator });
    this.changed.emit();
    try {
      if (!isWhole(places, saved.bytes)) throw new StateRefused('its saved state is not whole');
      if (saved.accelerator !== accelerator)
        throw new RayError(
          'GUEST_CANNOT',
          `it was saved under ${saved.accelerator}, and QEMU has ${accelerator} now`,
          { remedy: `Give RayOS ${saved.accelerator} again, and start it then.` },
        );
      makePlaces(places);
      const machine = surround.wake(saved.machine, row, places);
      using prepared = surround.prepare(machine, row, places);
      const guest = await RunningGuest.launch({ ...machine, incoming: true }, places, {
        binary,
        signal,
        ...guestUser(row),
        connected: prepared.connected,
        onSpawned: (process) => {
          registry.setProcess(row.id, {
            ...process,
            accelerator,
            started: new Date().toISOString(),
          });
          surround.hold(row, process.pid, machine);
        },
        // From here on its disks go on, and the state would not fit them any more.
        beforeItRuns: () => {
          registry.setMachine(row.id, machine);
          registry.setSaved(row.id, undefined);
        },
      });
      discardState(places);
      this.#adopt(row, guest);
      mark('GUEST:WOKEN', {
        guest: row.name,
        milliseconds: Math.round(performance.now() - since),
      });
      return guest;
    } catch (thrown) {
      // Nothing has run when QEMU refused to let it run: the state fits its disks as before.
      if (isRefusal(thrown, 'cont')) registry.setSaved(row.id, saved, row.wake);
      const rests = registry.find(row.id)?.saved !== undefined;
      if (signal.aborted) throw thrown;
      if (rests && !(thrown instanceof StateRefused)) throw stillRests(row, thrown);
      const { message } = asRayError(thrown);
      registry.setProcess(row.id, undefined);
      registry.setSaved(row.id, undefined);
      discardState(places);
      mark('GUEST:COLD_BOOTED', { guest: row.name, reason: message });
      this.#parts.report(
        `${row.title} could not go on where it was, and boots anew`,
        asRayError(thrown),
      );
      return undefined;
    }
  }

  /** Writes down that a guest's processors stand still, for `reason`, or go on. */
  #noteRun(row: GuestRow, reason: string | undefined): void {
    const { mark } = this.#parts;
    this.#setState(row.id, reason === undefined ? 'running' : 'paused', reason);
    if (reason === undefined) mark('GUEST:RESUMED', { guest: row.name });
    else mark('GUEST:PAUSED', { guest: row.name, reason });
    this.changed.emit();
  }

  /** A QEMU of this guest that an earlier rayosd started and had no time to note down. */
  #strayOf(row: GuestRow): GuestProcess | undefined {
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

  #adopt(row: GuestRow, guest: RunningGuest): void {
    const { mark } = this.#parts;
    this.#running.set(row.id, guest);
    this.#setState(row.id, 'running');
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
      if (this.#running.get(row.id) === guest) this.#noteRun(row, reason);
    });
    guest.diskFull.on((disk) => mark('GUEST:DISK_FULL', { guest: row.name, disk }));
    guest.followed.on((size) => mark('GUEST:DISPLAY_FOLLOWED', { guest: row.name, ...size }));
    guest.panicked.on(() => mark('GUEST:PANICKED', { guest: row.name }));
    void this.#watchSilence(row, guest);
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
      this.#forgetProcess(row.id, 'stopped');
      mark('GUEST:SUSPENDED', { guest: row.name, bytes: saved.bytes });
    } else if (isExpected || guest.shutDownByGuest) {
      this.#forgetProcess(row.id, 'stopped');
      mark('GUEST:STOPPED', { guest: row.name });
    } else {
      const error = this.diedError(row);
      this.#forgetProcess(row.id, 'failed', `${error.message}. ${error.next}`);
      mark('GUEST:FAILED', { guest: row.name, code: error.code });
    }
    if (saved === undefined) this.#forgetScreen(row.id);
    this.#ending.delete(row.id);
    this.#parts.surround.letGo(row.id);
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
      const rests = this.#parts.registry.find(id)?.saved !== undefined;
      this.#parts.registry.setState(id, rests ? 'suspended' : state, reason);
    } catch (thrown) {
      this.#parts.report('the registry could not be written', asRayError(thrown));
    }
  }

  /** Notes a state down that is so whether it can be noted down or not (a full disk): told to the log then. */
  #setState(id: string, state: GuestState, reason?: string): void {
    try {
      this.#parts.registry.setState(id, state, reason);
    } catch (thrown) {
      this.#parts.report('the registry could not be written', asRayError(thrown));
    }
  }

  /** A guest that has ended is not shown again by itself. */
  #forgetScreen(id: string): void {
    try {
      this.#parts.registry.setPresented(id, false);
    } catch (thrown) {
      this.#parts.report('the registry could not be written', asRayError(thrown));
    }
  }

  /** Tells when QEMU, or the agent inside, answers nothing any more, and when it answers again. */
  async #watchSilence(row: GuestRow, guest: RunningGuest): Promise<void> {
    const { registry, mark } = this.#parts;
    const isOurs = () => this.#running.get(row.id) === guest;
    let told: Silence;
    const reasons = new HungReason();
    while (isOurs()) {
      await sleep(silenceMs, this.#life.signal).catch(() => undefined);
      if (!isOurs() || this.#life.signal.aborted) return;
      const silent = await guest.silent(silenceMs);
      if (!isOurs() || silent === 'busy' || silent === told) continue;
      told = silent;
      const now = registry.find(row.id);
      if (now)
        this.#setState(
          row.id,
          now.state,
          reasons.next(silent && hungReasons[silent](row), now.reason),
        );
      if (silent !== undefined) mark('GUEST:HUNG', { guest: row.name, what: silent });
      this.changed.emit();
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

/** What cannot be removed now is when the guest is suspended, or RayOS started, the next time. */
function tryDiscard(places: Places): void {
  try {
    discardState(places);
  } catch {
    // Whoever waits is told already why it could not be written.
  }
}

/** Whether QEMU answered, and said no, to this command. */
function isRefusal(thrown: unknown, command: string): boolean {
  const { details } = asRayError(thrown);
  return details.command === command && details.class !== undefined;
}

/** Why a guest could not go on this time, said so that nobody takes its state for lost. */
function stillRests({ name }: GuestRow, thrown: unknown): RayError {
  const { code, message, details } = asUnwritable(thrown) ?? asRayError(thrown);
  const words = `${message} (it rests on disk as before; only \`rayos guest kill ${name}\` gives that up)`;
  return new RayError(code, words, details, thrown);
}

export function notRunning(row: GuestRow): RayError {
  return new RayError('GUEST_NOT_RUNNING', `${row.title} is not running`, { guest: row.name });
}
