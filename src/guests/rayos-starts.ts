// What becomes of guests when rayosd starts: what is half made is removed, what runs on from before is taken
// charge of, and a snapshot that was begun is ended.

import { asRayError, RayError } from '../contracts/index.ts';
import type { Mark } from '../log/index.ts';
import type { Custody } from './custody.ts';
import type { Exclusive } from './exclusive.ts';
import type { GuestRow, Registry } from './registry.ts';
import type { Snapshots } from './snapshots.ts';
import type { Unfinished } from './unfinished.ts';

export type StartParts = {
  readonly registry: Registry;
  readonly mark: Mark;
  /** Tells the log of a fault that no caller hears of. */
  report(what: string, error: RayError): void;
  readonly turns: Exclusive;
  readonly custody: Custody;
  readonly snapshots: Snapshots;
  readonly unfinished: Unfinished;
};

/**
 * Takes charge of guests that run on from before, and says which do not. One that does not answer is failed,
 * with its reason; it can be killed, and holds nothing up.
 */
export async function takeOver(parts: StartParts): Promise<void> {
  const { registry, report, turns, custody, snapshots } = parts;
  parts.unfinished.mend();
  tellBroken(parts);
  const sound = () => registry.all().filter((row) => row.broken === undefined);
  const before = sound().filter((row) => row.process !== undefined || isUnderWay(row));
  await Promise.all(before.map((row) => turns.run(row.id, () => custody.reattach(row))));
  for (const { id, title } of sound())
    await turns.run(id, async () => {
      try {
        await snapshots.mend(registry.get(id), custody.get(id));
      } catch (thrown) {
        report(`a snapshot of ${title} is left half made`, asRayError(thrown));
      }
    });
}

/** A guest to start once RayOS has started, and to show as well where it was on screen. */
export type Restore = { readonly name: string; readonly present: boolean };

/** Those that RayOS suspended, those that run on and were on screen, and those that are to run always. */
export function toRestore(rows: readonly GuestRow[], runs: (id: string) => boolean): Restore[] {
  return rows
    .filter(
      (row) =>
        row.wake ||
        (row.presented && runs(row.id)) ||
        (row.spec.autostart && row.state === 'stopped'),
    )
    .map(({ name, presented }) => ({ name, present: presented }));
}

function tellBroken({ registry, mark, report }: StartParts): void {
  for (const { name, broken } of registry.all()) {
    if (broken === undefined) continue;
    mark('GUEST:FAILED', { guest: name, code: 'GUEST_CANNOT' });
    const error = new RayError('GUEST_CANNOT', broken, { guest: name });
    report(`what RayOS keeps of ${name} is damaged`, error);
  }
}

function isUnderWay({ state }: GuestRow): boolean {
  return state !== 'stopped' && state !== 'failed';
}
