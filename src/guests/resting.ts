// A guest that rests on disk: saved before its QEMU ends, and gone on from. While its row says that it is
// saved, nothing of it has run since.

import { asRayError, type Probe, RayError } from '../contracts/index.ts';
import { asUnwritable, type Paths } from '../foundation/index.ts';
import { StateRefused } from '../hypervisor/index.ts';
import type { Mark } from '../log/index.ts';
import { notRunning } from './endings.ts';
import { mountFolders, unmountFolders } from './folder-mounts.ts';
import type { Ledger } from './ledger.ts';
import { makePlaces, type Places, placesOf } from './places.ts';
import type { GuestRow, SavedState } from './registry.ts';
import type { RunningGuest } from './running.ts';
import { discardState, isWhole, writeState } from './saved.ts';
import { type SpawnParts, spawnGuest } from './spawning.ts';

export type RestingParts = SpawnParts & {
  readonly paths: Paths;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
};

export class Resting {
  readonly #parts: RestingParts;
  readonly #ledger: Ledger;

  constructor(parts: RestingParts, ledger: Ledger) {
    this.#parts = parts;
    this.#ledger = ledger;
  }

  /**
   * Saves a guest, whose QEMU is then to be ended. The row says that it is saved once the file is durable.
   * Throws STATE_UNWRITABLE: it then goes on as before.
   */
  async save(row: GuestRow, guest: RunningGuest, wake: boolean): Promise<void> {
    const { registry, mark } = this.#parts;
    const { machine, process } = row;
    if (machine === undefined || process === undefined) throw notRunning(row);
    const places = this.#places(row.id);
    mark('GUEST:SUSPENDING', { guest: row.name });
    // A mounted folder would block it; it is mounted again when the guest goes on.
    await unmountFolders(guest.agent, row.spec.folders);
    await guest.quietly(async () => {
      try {
        await guest.qemu.qmp.execute('stop');
        const bytes = await writeState(guest.qemu.qmp, places, AbortSignal.any([]));
        const { accelerator } = process;
        const at = new Date().toISOString();
        registry.setSaved(row.id, { at, bytes, accelerator, machine }, wake);
      } catch (thrown) {
        // Also after a `stop` without an answer: a QEMU that goes on does both, in this order.
        if (row.state === 'running') await guest.goOnAfter('it could not be suspended');
        tryDiscard(places);
        void mountFolders(guest.agent, registry.get(row.id).spec.folders, places);
        throw thrown;
      }
    });
  }

  /**
   * Lets a suspended guest go on where it was. Undefined when the state itself is bad (cut short, or QEMU
   * will not have it), which is told: it is given up then. Throws for any other reason, such as a file that
   * is not there, and keeps the state.
   */
  async wake(
    row: GuestRow,
    saved: SavedState,
    host: Pick<Probe, 'accelerator' | 'binary'>,
    signal: AbortSignal,
  ): Promise<RunningGuest | undefined> {
    const { registry, surround } = this.#parts;
    const { accelerator } = host;
    const places = this.#places(row.id);
    this.#ledger.noteStarting(row, accelerator);
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
      const guest = await spawnGuest(row, { ...machine, incoming: true }, places, this.#parts, {
        host,
        signal,
        // From here on its disks go on, and the state would not fit them any more.
        beforeItRuns: () => {
          registry.setMachine(row.id, machine);
          registry.setSaved(row.id, undefined);
        },
      });
      // It runs: whatever happens to the file now is no reason to start another one.
      tryDiscard(places);
      return guest;
    } catch (thrown) {
      // Nothing has run when QEMU refused to let it run: the state fits its disks as before.
      if (isRefusal(thrown, 'cont')) registry.setSaved(row.id, saved, row.wake);
      const rests = registry.find(row.id)?.saved !== undefined;
      if (signal.aborted) throw thrown;
      if (rests && !(thrown instanceof StateRefused)) throw stillRests(row, thrown);
      this.#giveUp(row, places, asRayError(thrown));
      return undefined;
    }
  }

  #giveUp(row: GuestRow, places: Places, reason: RayError): void {
    const { registry, mark, report } = this.#parts;
    registry.setProcess(row.id, undefined);
    registry.setSaved(row.id, undefined);
    tryDiscard(places);
    mark('GUEST:COLD_BOOTED', { guest: row.name, reason: reason.message });
    report(`${row.title} could not go on where it was, and boots anew`, reason);
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
    // It takes room, and no row names it any more.
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
