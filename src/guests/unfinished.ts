// Guests that are half made, or half gone. Their rows say so before anything is made or removed; what was
// stopped in between (an error, a full disk, kill -9) is removed: files first, then the rows.

import { asRayError, type RayError } from '../contracts/index.ts';
import type { Paths } from '../foundation/index.ts';
import type { Mark } from '../log/index.ts';
import type { NeededImages } from './images.ts';
import { placesOf, removePlaces } from './places.ts';
import type { GuestRow, Registry } from './registry.ts';
import type { SnapshotRows } from './snapshot-rows.ts';

export type UnfinishedParts = {
  readonly registry: Registry;
  readonly snapshots: SnapshotRows;
  readonly paths: Paths;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
};

export class Unfinished {
  readonly #parts: UnfinishedParts;
  readonly #images: NeededImages;
  /** Ids of guests that are being made or copied now. */
  readonly #underWay = new Set<string>();

  constructor(parts: UnfinishedParts, images: NeededImages) {
    this.#parts = parts;
    this.#images = images;
  }

  /** From now until it is disposed of, this guest is being made: it is nobody's to remove. */
  making(id: string): Disposable {
    this.#underWay.add(id);
    return { [Symbol.dispose]: () => this.#underWay.delete(id) };
  }

  /**
   * Removes what is half made, or half gone, and says so; but nothing of those that are `busy`. What could not
   * be removed when it failed (a full disk) must not keep its name from anybody.
   */
  mend(isBusy: (id: string) => boolean = () => false): void {
    for (const row of this.#parts.registry.all()) {
      const { making } = row.spec;
      if (making === undefined || isBusy(row.id) || this.#underWay.has(row.id)) continue;
      if (!this.removeOrReport(row)) continue;
      this.#parts.mark('GUEST:MENDED', { guest: row.name, what: `removed: ${making}` });
    }
  }

  /** False when something could not be removed (a full disk): the next start tries again. */
  removeOrReport(row: GuestRow): boolean {
    try {
      this.#remove(row);
      return true;
    } catch (thrown) {
      this.#parts.report(`${row.title} is left half made`, asRayError(thrown));
      return false;
    }
  }

  /** Removes a guest, and all that is its own. */
  delete(row: GuestRow): void {
    // From here on it is gone, whatever stops us: the next start goes on where this one was stopped.
    this.#parts.registry.condemn(row.id, 'it is being deleted');
    this.#remove(row);
  }

  /** Files first, then the rows: what is cut in between is removed at the next start. */
  #remove(row: GuestRow): void {
    const { registry, snapshots, paths } = this.#parts;
    removePlaces(placesOf(paths, row.id));
    this.#images.releaseAll(row);
    snapshots.removeAll(row.id);
    registry.remove(row.id);
  }
}
