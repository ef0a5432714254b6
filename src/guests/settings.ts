// What people change of a guest that is there: its name, what it is made of, the size of a disk.

import { type GuestDisk, RayError } from '../contracts/index.ts';
import type { Paths } from '../foundation/index.ts';
import type { Mark } from '../log/index.ts';
import type { Custody } from './custody.ts';
import { resizeDiskOf } from './disks.ts';
import type { Exclusive } from './exclusive.ts';
import type { BootImage } from './machine.ts';
import { placesOf } from './places.ts';
import { type GuestRow, type Registry, usable } from './registry.ts';
import type { Surround } from './surround.ts';

export type GuestSettingsParts = {
  readonly registry: Registry;
  readonly paths: Paths;
  readonly mark: Mark;
  readonly surround: Surround;
  image(recipe: string, key?: string): Promise<BootImage>;
  readonly custody: Custody;
  readonly turns: Exclusive;
};

export class GuestSettings {
  readonly #parts: GuestSettingsParts;

  constructor(parts: GuestSettingsParts) {
    this.#parts = parts;
  }

  /** Changes what a guest is made of; memory, processors and devices hold from its next cold start. */
  change(id: string, to: Parameters<Registry['change']>[1]): GuestRow {
    const { registry, surround, mark, custody } = this.#parts;
    const { spec } = registry.get(id);
    if (to.spec && (to.spec.network !== spec.network || to.spec.forwards !== spec.forwards))
      surround.check(to.spec);
    const row = registry.change(id, to);
    mark('GUEST:CHANGED', { guest: row.name, what: Object.keys(to).join(' ') });
    custody.changed.emit();
    return row;
  }

  /** Throws GUEST_EXISTS; GUEST_RUNNING for the name of a running guest, which its window bears. */
  rename(id: string, to: { readonly name?: string; readonly title?: string }): GuestRow {
    const { registry, mark, custody } = this.#parts;
    const before = registry.get(id);
    if (to.name !== undefined && to.name !== before.name && custody.get(id))
      throw new RayError('GUEST_RUNNING', `${before.title} is running`, { guest: before.name });
    const row = registry.change(id, to);
    mark('GUEST:RENAMED', { guest: before.name, name: row.name });
    custody.changed.emit();
    return row;
  }

  /** Enlarges a disk, also of a guest that runs. Throws GUEST_CANNOT for a smaller size, or no such disk. */
  resizeDisk(id: string, sizeBytes: number, disk?: string): Promise<GuestDisk> {
    const { registry, paths, mark, custody, turns, image } = this.#parts;
    return turns.run(id, async () => {
      const row = usable(registry.get(id));
      const places = placesOf(paths, id);
      const resized = await resizeDiskOf(row, custody.get(id), disk, sizeBytes, { places, image });
      const bytes = resized.sizeBytes;
      mark('GUEST:DISK_RESIZED', { guest: row.name, disk: resized.name, bytes });
      return resized;
    });
  }
}
