// New guests: from a recipe, from a file, as a copy. What stopped RayOS in the middle of an earlier one, or could
// not be removed then, is removed first.

import { type DesktopEvent, RayError } from '../contracts/index.ts';
import type { Emitter } from '../foundation/index.ts';
import { type CloneParts, cloneGuest } from './clone.ts';
import type { Exclusive } from './exclusive.ts';
import type { Recipe } from './machine.ts';
import { madeOf, makeFiles, planFrom, type WantedFrom } from './making.ts';
import { placesOf } from './places.ts';
import { fromRecipe, type WantedFromRecipe } from './recipes.ts';
import type { GuestRow } from './registry.ts';

/** Long work under way. */
export type Progress = Omit<Extract<DesktopEvent, { type: 'progress' }>, 'type'>;

export type MakerParts = Omit<CloneParts, 'signal'> & {
  readonly recipes: Readonly<Record<string, Recipe>>;
  progress?(progress: Progress): void;
  readonly turns: Exclusive;
  /** Something that people see of a guest has changed. */
  readonly changed: Emitter<void>;
  /** Aborted when RayOS stops. */
  readonly life: AbortSignal;
};

export class Maker {
  readonly #parts: MakerParts;

  constructor(parts: MakerParts) {
    this.#parts = parts;
  }

  /** Makes a guest, stopped. Throws GUEST_EXISTS, BAD_REQUEST for an unknown recipe. */
  create(wanted: WantedFromRecipe): GuestRow {
    const { registry, recipes, mark, changed } = this.#parts;
    const guest = fromRecipe(wanted, recipes);
    this.#removeLeftOvers();
    const row = registry.insert(guest);
    mark('GUEST:CREATED', { guest: row.name });
    changed.emit();
    return row;
  }

  /** Makes a guest from a file, stopped. When it throws, nothing of the guest is left. */
  async createFrom(wanted: WantedFrom, asked: AbortSignal): Promise<GuestRow> {
    const { registry, paths, mark, unfinished, turns, changed } = this.#parts;
    const signal = AbortSignal.any([asked, this.#parts.life]);
    const plan = await planFrom(wanted, signal);
    signal.throwIfAborted();
    this.#removeLeftOvers();
    const row = registry.insert(plan.guest);
    const making = unfinished.making(row.id);
    changed.emit();
    return await turns.run(row.id, async () => {
      const what = `making ${row.title}`;
      const tell = (progress: Pick<Progress, 'step' | 'fraction' | 'done'>) =>
        this.#parts.progress?.({ id: row.id, what, ...progress });
      try {
        const onStep = (step: string, fraction?: number) =>
          tell({ step, ...(fraction === undefined ? {} : { fraction }) });
        await makeFiles(row, plan, placesOf(paths, row.id), onStep, signal);
        registry.change(row.id, { spec: madeOf(registry.get(row.id).spec) });
        mark('GUEST:CREATED', { guest: row.name });
        return registry.get(row.id);
      } catch (thrown) {
        unfinished.removeOrReport(row);
        if (signal.aborted)
          throw new RayError('CANCELLED', `${row.title} was not made: it was cancelled`);
        throw thrown;
      } finally {
        making[Symbol.dispose]();
        tell({ step: 'done', done: true });
        changed.emit();
      }
    });
  }

  /** Copies a guest that does not run. */
  async clone(
    row: GuestRow,
    named: { readonly name: string; readonly title: string | undefined },
    signal: AbortSignal,
  ): Promise<GuestRow> {
    this.#removeLeftOvers();
    const clone = await cloneGuest(row, named, { ...this.#parts, signal });
    this.#parts.changed.emit();
    return clone;
  }

  /** What could not be removed when it failed must not keep its name from anybody. */
  #removeLeftOvers(): void {
    const { unfinished, turns } = this.#parts;
    unfinished.mend((id) => turns.isBusy(id));
  }
}
