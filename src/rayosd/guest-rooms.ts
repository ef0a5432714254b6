// The rooms around guests, and how they are tied: guests, the windows that show them, and what surrounds them
// (clipboard, folders, sound); and the news of all three.

import { join } from 'node:path';
import {
  findGuestImage,
  recipes as imageRecipes,
  pinImage,
  unpinImage,
} from '../../guest-images/index.ts';
import { asRayError, type DesktopEvent, RayError } from '../contracts/index.ts';
import { Emitter, type Paths, type Store } from '../foundation/index.ts';
import {
  Guests,
  type Recipe,
  Registry,
  SnapshotRows,
  Surround,
  Surroundings,
} from '../guests/index.ts';
import type { Recorder } from '../log/index.ts';
import type { PolicyFile } from '../policy/index.ts';
import { Presentation } from '../presentation/index.ts';
import type { HypervisorProbe } from './hypervisor-probe.ts';
import type { Told } from './streams.ts';
import { framerLimits, framerUser } from './users.ts';

export type GuestRoomsParts = {
  readonly paths: Paths;
  readonly policy: PolicyFile;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly hypervisor: HypervisorProbe;
  /** Why no guest is started, where the person has chosen so. */
  readonly safeMode?: string;
};

export type GuestRooms = AsyncDisposable & {
  readonly guests: Guests;
  readonly presentation: Presentation;
  readonly surroundings: Surroundings;
  /** A guest, or what is on screen, is not as it was. */
  readonly changed: Emitter<void>;
  readonly progressed: Emitter<Extract<DesktopEvent, { type: 'progress' }>>;
  readonly told: Emitter<Told>;
};

/** Recipes that RayOS has, and what their guests get. */
const recipes: Readonly<Record<string, Recipe>> = Object.fromEntries(
  [...imageRecipes].map(([name, { title, memoryMiB, cpus, sound = false }]) => [
    name,
    { title, memoryMiB, cpus, sound },
  ]),
);

/** Starts no guest yet. Disposing lets go of windows and framers; guests live on. */
export async function openGuestRooms(parts: GuestRoomsParts): Promise<GuestRooms> {
  const { paths, policy, store, recorder, hypervisor, safeMode } = parts;
  const { mark } = recorder;
  const { stateDir, cacheDir } = paths;
  await using stack = new AsyncDisposableStack();
  const changed = new Emitter<void>();
  const progressed: GuestRooms['progressed'] = new Emitter();
  const told: GuestRooms['told'] = new Emitter();
  const report = (what: string, { code, message }: RayError) =>
    recorder.record('error', 'guests', what, { code, message });

  const surround = new Surround({ paths, policy, report });
  const guests = stack.use(
    new Guests({
      ...{ surround, paths, policy, mark, report, recipes },
      registry: new Registry(store),
      snapshots: new SnapshotRows(store),
      ...(safeMode === undefined ? {} : { safeMode }),
      progress: (progress) => progressed.emit({ type: 'progress', ...progress }),
      probe: (signal) => hypervisor.probe({ fresh: false, signal }),
      image: imageOf,
      pins: {
        pin: (recipe, key, id) => pinImage(recipe, key, { stateDir, id }),
        unpin: (recipe, key, id) => unpinImage(recipe, key, { stateDir, id }),
      },
    }),
  );
  const presentation = stack.use(
    new Presentation({
      mark,
      onRoom: (id, room) => guests.followWindow(id, room),
      compileCacheDir: join(cacheDir, 'compiled'),
      ...framerUser(),
      ...framerLimits((thrown) => report('a framer is not held by a scope', asRayError(thrown))),
    }),
  );
  const surroundings = stack.use(new Surroundings({ guests, surround, mark, report }));

  guests.gone.on((id) => void presentation.guestGone(id));
  guests.changed.on(() => changed.emit());
  presentation.onChange(() => {
    surroundings.followScreens((id) => presentation.surfaceOf(id) !== undefined);
    changed.emit();
  });
  surroundings.copied.on((news) => told.emit({ type: 'clipboard', ...news }));

  const owned = stack.move();
  return {
    ...{ guests, presentation, surroundings, changed, progressed, told },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function imageOf(recipe: string, key?: string) {
  const image = findGuestImage(recipe, key === undefined ? {} : { key });
  if (image) return image;
  throw new RayError(
    'IMAGE_MISSING',
    key === undefined
      ? `the guest image "${recipe}" has not been built`
      : `the build ${key} of the guest image "${recipe}", with which this guest's disk began, is gone`,
  );
}
