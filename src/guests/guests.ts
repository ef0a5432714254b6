// The life of guests: create, start, stop, kill, delete; one operation at a time for each guest. What a
// method answers has been observed: "started" means that the desktop inside has said so.

import {
  asRayError,
  type Guest,
  type GuestDetail,
  type Probe,
  RayError,
} from '../contracts/index.ts';
import { Emitter, type Paths, unlessAborted } from '../foundation/index.ts';
import { findQemu, killProcess, type QmpClient } from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { detailOf, summaryOf } from './describe.ts';
import { Exclusive } from './exclusive.ts';
import { Launches } from './launches.ts';
import { type BootImage, machineOf, type Recipe } from './machine.ts';
import { guestUser, makePlaces, type Places, placesOf, removePlaces, tailOf } from './places.ts';
import type { GuestProcess, GuestRow, Registry } from './registry.ts';
import { RunningGuest } from './running.ts';

export type GuestParts = {
  readonly registry: Registry;
  readonly paths: Paths;
  readonly policy: PolicyFile;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
  probe(signal: AbortSignal): Promise<Probe>;
  /** The built image of a recipe. Throws IMAGE_MISSING. */
  image(recipe: string): Promise<BootImage>;
  readonly recipes: Readonly<Record<string, Recipe>>;
};

const readyTimeoutMs = 180_000;
const agentStopMs = 10_000;
const powerButtonMs = 10_000;

export class Guests implements AsyncDisposable {
  /** Something that `list` shows has changed. */
  readonly changed = new Emitter<void>();
  /** A guest's QEMU has gone, for whatever reason. */
  readonly gone = new Emitter<string>();
  readonly #parts: GuestParts;
  readonly #running = new Map<string, RunningGuest>();
  readonly #turns = new Exclusive();
  readonly #launches = new Launches();
  readonly #asked = new Set<string>();
  readonly #ending = new Map<string, Promise<void>>();
  readonly #life = new AbortController();

  constructor(parts: GuestParts) {
    this.#parts = parts;
  }

  list(): Guest[] {
    return this.#parts.registry.all().map((row) => summaryOf(row, this.#running.get(row.id)));
  }

  row(id: string): GuestRow {
    return this.#parts.registry.get(id);
  }

  summary(id: string): Guest {
    return summaryOf(this.row(id), this.#running.get(id));
  }

  async detail(id: string): Promise<GuestDetail> {
    const row = this.row(id);
    return detailOf(row, this.#running.get(id), this.#places(id));
  }

  /** QMP of a running guest. Throws GUEST_NOT_RUNNING. */
  qmp(id: string): QmpClient {
    return this.#runningOf(id).qemu.qmp;
  }

  /** Makes a guest, stopped. Throws GUEST_EXISTS, BAD_REQUEST for an unknown recipe. */
  create(wanted: {
    readonly name: string;
    readonly recipe?: string;
    readonly title?: string;
    readonly memoryMiB?: number;
    readonly cpus?: number;
  }): GuestRow {
    const recipeName = wanted.recipe ?? 'linux-desktop';
    const { recipes } = this.#parts;
    const recipe = Object.hasOwn(recipes, recipeName) ? recipes[recipeName] : undefined;
    if (!recipe)
      throw new RayError(
        'BAD_REQUEST',
        `there is no recipe "${recipeName}"; there are: ${Object.keys(this.#parts.recipes).join(', ')}`,
        { command: 'guest create' },
      );
    const { registry, mark } = this.#parts;
    const title =
      wanted.title ?? (wanted.name === recipeName ? recipe.title : titleFrom(wanted.name));
    const row = registry.insert({
      name: wanted.name,
      title,
      recipe: recipeName,
      memoryMiB: wanted.memoryMiB ?? recipe.memoryMiB,
      cpus: wanted.cpus ?? recipe.cpus,
    });
    mark('GUEST:CREATED', { guest: row.name });
    this.changed.emit();
    return row;
  }

  /** Starts a guest unless it runs, and waits until its desktop is ready. Cancelling ends the waiting only. */
  async start(id: string, signal: AbortSignal): Promise<void> {
    const guest = await unlessAborted(
      this.#turns.run(id, () => this.#startNow(id)),
      signal,
    );
    const row = this.row(id);
    const { serialLog } = this.#places(id);
    await guest.untilReady(
      readyTimeoutMs,
      signal,
      () => this.#endedEarly(row),
      () =>
        new RayError(
          'GUEST_NOT_READY',
          `${row.title} runs, but its desktop has not reported within ${readyTimeoutMs / 1000} s`,
          { guest: row.name, logFile: serialLog },
        ),
    );
  }

  /** Asks the guest to shut down: its agent first, then its power button. Throws GUEST_WILL_NOT_STOP. */
  stop(id: string): Promise<void> {
    return this.#turns.run(id, async () => {
      const row = this.row(id);
      const guest = this.#runningOf(id);
      this.#asked.add(id);
      this.#parts.mark('GUEST:STOPPING', { guest: row.name, step: 'agent' });
      guest.askToStop();
      if (!(await guest.goneWithin(agentStopMs))) {
        this.#parts.mark('GUEST:STOPPING', { guest: row.name, step: 'power-button' });
        await guest.pressPower().catch(() => undefined); // it may be going just now
        if (!(await guest.goneWithin(powerButtonMs))) {
          this.#asked.delete(id);
          throw new RayError(
            'GUEST_WILL_NOT_STOP',
            `${row.title} was asked twice and still runs after ${(agentStopMs + powerButtonMs) / 1000} s`,
            { guest: row.name },
          );
        }
      }
      await this.#ending.get(id);
    });
  }

  /** Ends a guest at once, also one that is starting or does not answer. Waits behind nothing. */
  async kill(id: string): Promise<void> {
    const row = this.row(id);
    if (
      this.#launches.abort(
        id,
        new RayError('CANCELLED', `${row.title} was killed while it started`),
      )
    ) {
      await this.#turns.run(id, async () => undefined);
    }
    const guest = this.#running.get(id);
    if (guest) {
      this.#asked.add(id);
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

  /** Deletes a stopped guest and its files. Throws GUEST_RUNNING. */
  delete(id: string): Promise<void> {
    return this.#turns.run(id, async () => {
      const row = this.row(id);
      if (this.#running.has(id))
        throw new RayError('GUEST_RUNNING', `${row.title} is running`, { guest: row.name });
      removePlaces(this.#places(id));
      this.#parts.registry.remove(id);
      this.#parts.mark('GUEST:DELETED', { guest: row.name });
      this.changed.emit();
    });
  }

  /**
   * After rayosd's start: takes charge of guests that run on from before, and says which do not. One that
   * does not answer is failed, with its reason; it can be killed, and holds nothing up.
   */
  async reattach(): Promise<void> {
    const before = this.#parts.registry
      .all()
      .filter((row) => row.process !== undefined || isUnderWay(row));
    await Promise.all(before.map((row) => this.#turns.run(row.id, () => this.#reattachOne(row))));
  }

  /** Stops every guest in an orderly way, by force if need be; none can be started any more. */
  async stopAll(): Promise<void> {
    await this.#close();
    await Promise.all(
      [...this.#running.keys()].map(async (id) => {
        try {
          await this.stop(id);
        } catch {
          if (this.#running.has(id)) await this.kill(id);
        }
      }),
    );
  }

  /** Lets go of all guests; those that run, run on. A launch under way is ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map((guest) => guest[Symbol.asyncDispose]()));
  }

  /** From now on nothing starts; what was starting has ended when this resolves. */
  async #close(): Promise<void> {
    this.#life.abort(new RayError('CANCELLED', 'RayOS is stopping'));
    const starting = this.#parts.registry.all().map(({ id }) => id);
    await Promise.all(starting.map((id) => this.#turns.run(id, async () => undefined)));
  }

  async #startNow(id: string): Promise<RunningGuest> {
    this.#life.signal.throwIfAborted();
    const already = this.#running.get(id);
    if (already) return already;
    const row = this.row(id);
    if (row.process) {
      const attached = await this.#reattachOne(row);
      if (attached) return attached;
      if (this.row(id).process)
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

  async #reattachOne(row: GuestRow): Promise<RunningGuest | undefined> {
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
    const asked = this.#asked.delete(row.id);
    if (asked || guest.shutDownByGuest) {
      this.#forgetProcess(row.id, 'stopped');
      mark('GUEST:STOPPED', { guest: row.name });
    } else {
      const error = this.#diedError(row);
      this.#forgetProcess(row.id, 'failed', `${error.message}. ${error.next}`);
      mark('GUEST:FAILED', { guest: row.name, code: error.code });
    }
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

  /** Why a guest that somebody waits for has ended. */
  #endedEarly(row: GuestRow): RayError {
    if (this.#parts.registry.find(row.id)?.state === 'failed') return this.#diedError(row);
    return new RayError('GUEST_NOT_RUNNING', `${row.title} was stopped while it started`, {
      guest: row.name,
    });
  }

  #diedError(row: GuestRow): RayError {
    const { qemuLog } = this.#places(row.id);
    const last = tailOf(qemuLog).trim().split('\n').at(-1) ?? '';
    const said = last === '' ? 'QEMU said nothing' : `QEMU's last words: ${last.slice(0, 300)}`;
    return new RayError('GUEST_DIED', `${row.title} ended unexpectedly; ${said}`, {
      guest: row.name,
      logFile: qemuLog,
    });
  }

  #runningOf(id: string): RunningGuest {
    const guest = this.#running.get(id);
    if (guest) return guest;
    throw notRunning(this.row(id));
  }

  #places(id: string): Places {
    return placesOf(this.#parts.paths, id);
  }
}

function isUnderWay({ state }: GuestRow): boolean {
  return state !== 'stopped' && state !== 'failed';
}

function notRunning(row: GuestRow): RayError {
  return new RayError('GUEST_NOT_RUNNING', `${row.title} is not running`, { guest: row.name });
}

function titleFrom(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
