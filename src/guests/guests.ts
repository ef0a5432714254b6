// The life of guests: create, start, stop, kill, delete; one operation at a time for each guest. What a
// method answers has been observed: "started" means that the desktop inside has said so.

import { type Guest, type GuestDetail, type Proposal, RayError } from '../contracts/index.ts';
import { type Emitter, unlessAborted } from '../foundation/index.ts';
import type { QmpClient } from '../hypervisor/index.ts';
import { Custody, type CustodyParts } from './custody.ts';
import { detailOf, summaryOf } from './describe.ts';
import { endedEarly, notReadyError, notRunning } from './endings.ts';
import { Exclusive } from './exclusive.ts';
import { NeededImages } from './images.ts';
import { hasTouch, type Recipe } from './machine.ts';
import { Maker, type Progress } from './maker.ts';
import { proposeFor, type WantedFrom } from './making.ts';
import { type Places, placesOf } from './places.ts';
import { type Restore, takeOver, toRestore } from './rayos-starts.ts';
import { stopLast, suspendLast } from './rayos-stops.ts';
import type { WantedFromRecipe } from './recipes.ts';
import { type GuestRow, usable } from './registry.ts';
import type { RunningGuest } from './running.ts';
import type { ScreenWish } from './screen-wishes.ts';
import { GuestSettings } from './settings.ts';
import { SnapshotCommands } from './snapshot-commands.ts';
import type { SnapshotRows } from './snapshot-rows.ts';
import { Snapshots } from './snapshots.ts';
import { type StopStep, stopInSteps } from './stop-steps.ts';
import { Unfinished } from './unfinished.ts';

export type GuestParts = CustodyParts & {
  readonly recipes: Readonly<Record<string, Recipe>>;
  readonly snapshots: SnapshotRows;
  progress?(progress: Progress): void;
};

const readyTimeoutMs = 180_000;

export class Guests implements AsyncDisposable {
  /** What is asked of a guest's snapshots. */
  readonly snapshots: SnapshotCommands;
  /** What is changed of a guest that is there. */
  readonly settings: GuestSettings;
  readonly #parts: GuestParts;
  readonly #custody: Custody;
  readonly #snapshots: Snapshots;
  readonly #images: NeededImages;
  readonly #unfinished: Unfinished;
  readonly #maker: Maker;
  readonly #turns = new Exclusive();
  readonly #closing = new AbortController();

  constructor(parts: GuestParts) {
    this.#parts = parts;
    this.#custody = new Custody(parts);
    this.#images = new NeededImages(parts);
    this.#snapshots = new Snapshots(parts, this.#images);
    this.#unfinished = new Unfinished(parts, this.#images);
    const own = { custody: this.#custody, turns: this.#turns };
    this.settings = new GuestSettings({ ...parts, ...own });
    this.snapshots = new SnapshotCommands({
      ...own,
      registry: parts.registry,
      rows: parts.snapshots,
      snapshots: this.#snapshots,
    });
    this.#maker = new Maker({
      ...parts,
      unfinished: this.#unfinished,
      turns: this.#turns,
      changed: this.#custody.changed,
      life: this.#closing.signal,
    });
  }

  /** Something that `list` shows has changed. */
  get changed(): Emitter<void> {
    return this.#custody.changed;
  }

  /** A guest's QEMU has gone, for whatever reason; the guest's id. */
  get gone(): Emitter<string> {
    return this.#custody.gone;
  }

  /** A guest runs, or runs on, and is in our charge. */
  get began(): Custody['began'] {
    return this.#custody.began;
  }

  /** What runs of a guest, and where its files are: for what surrounds it. */
  running(id: string): RunningGuest | undefined {
    return this.#custody.get(id);
  }

  /** Whether its machine, as it was started last, has a touch screen. */
  hasTouch(id: string): boolean {
    return hasTouch(this.row(id).machine);
  }

  placesOf(id: string): Places {
    return this.#places(id);
  }

  list(): Guest[] {
    return this.#parts.registry.all().map((row) => summaryOf(row, this.#custody.get(row.id)));
  }

  row(id: string): GuestRow {
    return this.#parts.registry.get(id);
  }

  summary(id: string): Guest {
    return summaryOf(this.row(id), this.#custody.get(id));
  }

  async detail(id: string): Promise<GuestDetail> {
    const row = this.row(id);
    const detail = await detailOf(row, this.#custody.get(id), this.#places(id));
    const surrounded = this.#parts.surround.describe(row, detail, this.#places(id));
    return { ...detail, ...surrounded, snapshots: this.snapshots.of(id) };
  }

  /** A new guest with a copy of a stopped one's disks. Throws GUEST_RUNNING, GUEST_EXISTS, STATE_UNWRITABLE. */
  clone(
    id: string,
    name: string,
    title: string | undefined,
    signal: AbortSignal,
  ): Promise<GuestRow> {
    return this.#turns.run(id, async () => {
      await this.#mend(id);
      const row = usable(this.row(id));
      if (this.#custody.get(id) !== undefined || row.process !== undefined)
        throw new RayError('GUEST_RUNNING', `${row.title} is running`, { guest: row.name });
      return await this.#maker.clone(row, { name, title }, signal);
    });
  }

  /** QEMU's log of this guest. */
  logFile(id: string): string {
    return this.#places(id).qemuLog;
  }

  /** Asks the guest for a screen as large as its window, where its agent can do that. */
  followWindow(id: string, wish: ScreenWish): void {
    this.#custody.get(id)?.screens.want(wish);
  }

  /** QMP of a running guest. Throws GUEST_NOT_RUNNING. */
  qmp(id: string): QmpClient {
    return this.#runningOf(id).qemu.qmp;
  }

  /** Makes a guest, stopped. Throws GUEST_EXISTS, BAD_REQUEST for an unknown recipe. */
  create(wanted: WantedFromRecipe): GuestRow {
    return this.#maker.create(wanted);
  }

  /** What would be made of a file. Throws FILE_UNREADABLE, FILE_UNKNOWN, FILE_CORRUPT, GUEST_CANNOT. */
  propose(file: string, signal: AbortSignal): Promise<Proposal> {
    return proposeFor(file, signal);
  }

  /**
   * Makes a guest from a file, stopped. Throws what `propose` throws, GUEST_EXISTS, STATE_UNWRITABLE,
   * NOT_ON_THIS_HOST, CANCELLED; nothing of the guest is left then.
   */
  createFrom(wanted: WantedFrom, signal: AbortSignal): Promise<GuestRow> {
    return this.#maker.createFrom(wanted, signal);
  }

  /** Starts a guest unless it runs, and waits until its desktop is ready. Cancelling ends the waiting only. */
  async start(id: string, signal: AbortSignal): Promise<void> {
    const guest = await unlessAborted(
      this.#turns.run(id, async () => {
        await this.#mend(id);
        return await this.#images.releasing(id, () => this.#custody.start(this.row(id)));
      }),
      signal,
    );
    const row = this.row(id);
    const places = this.#places(id);
    await guest.untilReady(
      readyTimeoutMs,
      signal,
      () => endedEarly(row, this.#parts.registry.find(id), places),
      () => notReadyError(row, readyTimeoutMs, places),
    );
  }

  /** Stops a guest's processors. Throws GUEST_NOT_RUNNING. */
  pause(id: string): Promise<void> {
    return this.#turns.run(id, async () => {
      if (this.row(id).state !== 'paused') await this.#custody.setPaused(this.row(id), true);
    });
  }

  /** Lets a paused or suspended guest go on where it was. Throws GUEST_NOT_RUNNING for a stopped one. */
  async resume(id: string, signal: AbortSignal): Promise<void> {
    if (this.row(id).saved !== undefined) return await this.start(id, signal);
    await this.#turns.run(id, async () => {
      this.#runningOf(id);
      if (this.row(id).state === 'paused') await this.#custody.setPaused(this.row(id), false);
    });
  }

  /** Saves a guest to disk and ends its machine; `wake`: it goes on by itself when RayOS starts. */
  suspend(id: string, wake = false): Promise<void> {
    return this.#turns.run(id, async () => {
      const row = this.row(id);
      if (row.saved !== undefined) return;
      await this.#custody.suspend(row, wake);
      if (!wake) this.#parts.registry.setPresented(id, false);
    });
  }

  /** Remembers whether a guest is on screen, for the next start of RayOS. */
  setPresented(id: string, isPresented: boolean): void {
    this.#parts.registry.setPresented(id, isPresented);
  }

  /** What is to be done for guests once RayOS has started: by name, to start, and to show as well. */
  toRestore(): Restore[] {
    return toRestore(this.#parts.registry.all(), (id) => this.#custody.get(id) !== undefined);
  }

  /**
   * Asks the guest to shut down: its agent first, then its power button; with `kill`, ends it after both.
   * Answers with what was done; nothing, for a guest that is stopped. Throws GUEST_WILL_NOT_STOP,
   * GUEST_PAUSED, GUEST_SUSPENDED.
   */
  stop(id: string, options: { readonly kill?: boolean } = {}): Promise<StopStep[]> {
    return this.#turns.run(id, async () => {
      const row = this.row(id);
      const { name, title } = row;
      if (row.saved !== undefined)
        throw new RayError('GUEST_SUSPENDED', `${title} is suspended`, { guest: name });
      if (row.state === 'stopped') return [];
      if (row.state === 'paused' && options.kill !== true)
        throw new RayError('GUEST_PAUSED', `${title} is paused`, { guest: name });
      const guest = this.#runningOf(id);
      const mayKill = options.kill === true;
      const parts = { custody: this.#custody, mark: this.#parts.mark, mayKill };
      return await stopInSteps(row, guest, parts);
    });
  }

  /** Ends a guest at once, also one that is starting or does not answer. Waits behind nothing. */
  kill(id: string): Promise<void> {
    return this.#custody.kill(this.row(id), () => this.#turns.run(id, async () => undefined));
  }

  /** Deletes a stopped guest and its files. Throws GUEST_RUNNING. */
  delete(id: string): Promise<void> {
    return this.#turns.run(id, async () => {
      const row = this.row(id);
      if (this.#custody.get(id) || row.process)
        throw new RayError('GUEST_RUNNING', `${row.title} is running`, { guest: row.name });
      this.#unfinished.delete(row);
      this.#parts.mark('GUEST:DELETED', { guest: row.name });
      this.changed.emit();
    });
  }

  /**
   * After rayosd's start: takes charge of guests that run on from before, and says which do not. One that
   * does not answer is failed, with its reason; it can be killed, and holds nothing up.
   */
  async reattach(): Promise<void> {
    await takeOver({
      ...this.#parts,
      turns: this.#turns,
      custody: this.#custody,
      snapshots: this.#snapshots,
      unfinished: this.#unfinished,
    });
  }

  /**
   * Stops every guest in an orderly way, and by force if need be; one that waits for room on its disk runs on.
   * None can be started any more.
   */
  async stopAll(): Promise<void> {
    await this.#close();
    const { report } = this.#parts;
    await Promise.all(this.#custody.ids().map((id) => stopLast(this, id, true, report)));
  }

  /**
   * Saves every guest to disk, to go on when RayOS starts again; one that cannot be is stopped in an orderly
   * way, and one that does not stop either runs on.
   */
  async suspendAll(): Promise<void> {
    await this.#close();
    const { report } = this.#parts;
    await Promise.all(this.#custody.ids().map((id) => suspendLast(this, id, report)));
  }

  /** Lets go of all guests; those that run, run on. A launch under way is ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await this.#custody.release();
  }

  /** From now on nothing starts; what was starting has ended when this resolves. */
  async #close(): Promise<void> {
    this.#custody.close();
    this.#closing.abort(new RayError('CANCELLED', 'RayOS is stopping'));
    const known = this.#parts.registry.all().map(({ id }) => id);
    await Promise.all(known.map((id) => this.#turns.run(id, async () => undefined)));
  }

  /** Ends what was begun with its snapshots and not ended. */
  async #mend(id: string): Promise<void> {
    await this.#snapshots.mend(usable(this.row(id)), this.#custody.get(id));
  }

  #runningOf(id: string): RunningGuest {
    const guest = this.#custody.get(id);
    if (guest) return guest;
    throw notRunning(this.row(id));
  }

  #places(id: string): Places {
    return placesOf(this.#parts.paths, id);
  }
}
