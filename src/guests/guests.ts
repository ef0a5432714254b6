// The life of guests: create, start, stop, kill, delete; one operation at a time for each guest. What a
// method answers has been observed: "started" means that the desktop inside has said so.

import {
  asRayError,
  type Guest,
  type GuestDetail,
  type Probe,
  RayError,
} from '../contracts/index.ts';
import { Emitter, type Paths } from '../foundation/index.ts';
import type { QmpClient } from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { detailOf, summaryOf } from './describe.ts';
import { Exclusive } from './exclusive.ts';
import { type BootImage, machineOf, type Recipe } from './machine.ts';
import { guestUid, makePlaces, type Places, placesOf, removePlaces, tailOf } from './places.ts';
import type { GuestRow, Registry } from './registry.ts';
import { RunningGuest } from './running.ts';

export type GuestParts = {
  readonly registry: Registry;
  readonly paths: Paths;
  readonly policy: PolicyFile;
  readonly mark: Mark;
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
    const recipe = this.#parts.recipes[recipeName];
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
    const guest = await this.#turns.run(id, () => this.#startNow(id));
    const row = this.row(id);
    const { serialLog } = this.#places(id);
    await guest.untilReady(
      readyTimeoutMs,
      signal,
      () => this.#diedError(row),
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

  /** Ends a guest at once. It does not wait behind other operations on the guest. */
  async kill(id: string): Promise<void> {
    const row = this.row(id);
    const guest = this.#runningOf(id);
    this.#asked.add(id);
    await guest.qemu.kill();
    await this.#ending.get(id);
    this.#parts.mark('GUEST:KILLED', { guest: row.name });
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

  /** After rayosd's start: takes charge of guests that run on from before, and says which did not. */
  async reattach(): Promise<void> {
    const before = this.#parts.registry.all().filter((row) => row.process !== undefined);
    await Promise.all(before.map((row) => this.#turns.run(row.id, () => this.#reattachOne(row))));
  }

  /** Stops every guest, in the way that policy's `on_exit` asks for: orderly, and by force if need be. */
  async stopAll(): Promise<void> {
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

  /** Lets go of all guests; those that run, run on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new RayError('CANCELLED', 'RayOS is stopping'));
    const running = [...this.#running.values()];
    this.#running.clear();
    await Promise.all(running.map((guest) => guest[Symbol.asyncDispose]()));
  }

  async #startNow(id: string): Promise<RunningGuest> {
    const already = this.#running.get(id);
    if (already) return already;
    const row = this.row(id);
    const { policy, registry, mark } = this.#parts;
    if (this.#running.size >= policy.guests.max_running) {
      throw new RayError(
        'POLICY_DENIED',
        `policy lets ${policy.guests.max_running} guests run at the same time, and ${this.#running.size} do`,
        { policyFile: this.#parts.paths.policyFile },
      );
    }
    const { signal } = this.#life;
    const places = this.#places(id);
    try {
      const image = await this.#parts.image(row.recipe);
      const probe = await this.#parts.probe(signal);
      registry.setState(id, 'starting');
      mark('GUEST:STARTING', { guest: row.name, accelerator: probe.accelerator });
      this.changed.emit();
      makePlaces(places);
      const guest = await RunningGuest.launch(
        machineOf(row, image, places, probe.accelerator),
        places,
        { binary: probe.binary, uid: guestUid(row), signal },
      );
      const { pid, startTime } = guest.qemu;
      registry.setProcess(id, {
        pid,
        startTime,
        accelerator: probe.accelerator,
        started: new Date().toISOString(),
      });
      this.#adopt(row, guest);
      return guest;
    } catch (thrown) {
      const error = asRayError(thrown, { guest: row.name, logFile: places.qemuLog });
      registry.setState(id, 'failed', `${error.message}. ${error.next}`);
      mark('GUEST:FAILED', { guest: row.name, code: error.code });
      this.changed.emit();
      throw error;
    }
  }

  async #reattachOne(row: GuestRow): Promise<void> {
    const { registry, mark } = this.#parts;
    const guest =
      row.process &&
      (await RunningGuest.attach(row.process, this.#places(row.id), this.#life.signal));
    if (guest) {
      this.#adopt(row, guest);
      mark('GUEST:REATTACHED', { guest: row.name });
      return;
    }
    registry.setProcess(row.id, undefined);
    registry.setState(row.id, 'stopped', 'it was no longer running when RayOS started');
    mark('GUEST:STOPPED', { guest: row.name });
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
    const { registry, mark } = this.#parts;
    const asked = this.#asked.delete(row.id);
    registry.setProcess(row.id, undefined);
    if (asked || guest.shutDownByGuest) {
      registry.setState(row.id, 'stopped');
      mark('GUEST:STOPPED', { guest: row.name });
    } else {
      const error = this.#diedError(row);
      registry.setState(row.id, 'failed', `${error.message}. ${error.next}`);
      mark('GUEST:FAILED', { guest: row.name, code: error.code });
    }
    this.gone.emit(row.id);
    this.changed.emit();
    await guest[Symbol.asyncDispose]();
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
    const row = this.row(id);
    throw new RayError('GUEST_NOT_RUNNING', `${row.title} is not running`, { guest: row.name });
  }

  #places(id: string): Places {
    return placesOf(this.#parts.paths, id);
  }
}

function titleFrom(name: string): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
