// The composition root: builds the rooms in order, each on those before it, and takes them down in the
// opposite order. Nothing else happens here.

import { join } from 'node:path';
import {
  findGuestImage,
  recipes as imageRecipes,
  pinImage,
  unpinImage,
} from '../../guest-images/index.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { Help } from '../cognition/help/help.ts';
import {
  asRayError,
  type DesktopEvent,
  type Probe,
  RayError,
  type Status,
} from '../contracts/index.ts';
import { Audit, auditMigration, compileAll, Dispatch } from '../dispatch/index.ts';
import { DisplayDoor } from '../display/index.ts';
import { Emitter, makeDirectory, openStore, type Paths, takeLock } from '../foundation/index.ts';
import { type Gateway, openGateway, Sessions, sessionMigration } from '../gateway/index.ts';
import {
  Guests,
  guestMigration,
  type Recipe,
  Registry,
  SnapshotRows,
  Surround,
  Surroundings,
} from '../guests/index.ts';
import { kernelBootId, kernelWords } from '../host/index.ts';
import { probeHypervisor } from '../hypervisor/index.ts';
import { Recorder } from '../log/index.ts';
import { loadPolicy } from '../policy/index.ts';
import { Presentation } from '../presentation/index.ts';
import { SettingsStore, settingsMigration } from '../settings/index.ts';
import { hostedBoot, installedBoot } from './boot.ts';
import { bootChecks } from './boot-checks.ts';
import {
  guestsWithSurfaces,
  type HandlerParts,
  loginAddress,
  makeHandlers,
  takeDrop,
} from './handlers.ts';
import { restoreGuests } from './restore.ts';
import type { Told } from './streams.ts';
import { framerLimits, framerUser, probeUser } from './users.ts';

export type Rayos = AsyncDisposable & {
  readonly gateway: Gateway;
  readonly guests: Guests;
  readonly dispatch: Dispatch;
  readonly recorder: Recorder;
  readonly policy: ReturnType<typeof loadPolicy>;
  /** A fresh address with a one-time login in it. */
  loginAddress(): string;
  /** Resolves with the reason when a command asked RayOS to stop. */
  readonly shutdownAsked: Promise<string>;
};

/** Recipes that RayOS has, and what their guests get. */
const recipes: Readonly<Record<string, Recipe>> = Object.fromEntries(
  [...imageRecipes].map(([name, { title, memoryMiB, cpus, sound = false }]) => [
    name,
    { title, memoryMiB, cpus, sound },
  ]),
);

const docsFolder = join(import.meta.dirname, '../../docs');
const desktopFolder = join(import.meta.dirname, '../../desktop/dist');

export type ComposeOptions = {
  readonly port: number;
  readonly onMarker?: (line: string) => void;
  /** Where RayOS boots the machine: logd's socket, and how long checks hold until a boot is golden. */
  readonly installed?: { readonly logd: string; readonly holdMs: number };
  /** Where the supervisor of the machine's own display finds rayosd. */
  readonly displayDoor?: string;
};

/** Builds RayOS. Throws ALREADY_RUNNING, PORT_TAKEN, STATE_UNWRITABLE; nothing is left running then. */
export async function compose(paths: Paths, options: ComposeOptions): Promise<Rayos> {
  await using stack = new AsyncDisposableStack();
  makeDirectory(paths.stateDir);
  makeDirectory(paths.runtimeDir);
  makeDirectory(paths.cacheDir, 0o755);
  const lock = takeLock(join(paths.stateDir, 'lock.db'));
  if (!lock) throw new RayError('ALREADY_RUNNING', `another RayOS uses ${paths.stateDir}`);
  stack.use(lock);

  const { onMarker, installed } = options;
  const recorder = stack.use(
    new Recorder({ file: paths.logFile, ...(installed && { bootId: kernelBootId() }) }),
  );
  if (onMarker) recorder.marked.on(({ line }) => onMarker(line));
  const boot = stack.use(
    installed === undefined
      ? hostedBoot(recorder)
      : installedBoot({ socket: installed.logd, holdMs: installed.holdMs, recorder }),
  );
  const safeMode = chosenSafeMode(installed !== undefined);
  const policy = loadPolicy(paths.policyFile);
  if (policy.brokenBecause === undefined)
    recorder.mark('POLICY:LOADED', { profile: policy.policy.profile });
  else recorder.mark('POLICY:SAFE_MODE', { reason: policy.brokenBecause });

  const store = stack.use(
    openStore(paths.database, [
      auditMigration,
      sessionMigration,
      guestMigration,
      settingsMigration,
    ]),
  );
  const audit = new Audit(store, recorder.mark);
  const sessions = new Sessions(store);
  const hypervisor = probes(paths);

  const progressed = new Emitter<Extract<DesktopEvent, { type: 'progress' }>>();
  const report = (what: string, error: RayError) =>
    recorder.record('error', 'guests', what, { code: error.code, message: error.message });
  const surround = new Surround({ paths, policy: policy.policy, report });
  const guests = stack.use(
    new Guests({
      surround,
      registry: new Registry(store),
      snapshots: new SnapshotRows(store),
      paths,
      policy: policy.policy,
      ...safeMode,
      mark: recorder.mark,
      report,
      recipes,
      progress: (progress) => progressed.emit({ type: 'progress', ...progress }),
      probe: (signal) => hypervisor.probe({ fresh: false, signal }),
      image: imageOf,
      pins: {
        pin: (recipe, key, id) => pinImage(recipe, key, { stateDir: paths.stateDir, id }),
        unpin: (recipe, key, id) => unpinImage(recipe, key, { stateDir: paths.stateDir, id }),
      },
    }),
  );
  const presentation = stack.use(
    new Presentation({
      mark: recorder.mark,
      onRoom: (id, room) => guests.followWindow(id, room),
      compileCacheDir: join(paths.cacheDir, 'compiled'),
      ...framerUser(),
      ...framerLimits((thrown) => report('a framer is not held by a scope', asRayError(thrown))),
    }),
  );
  guests.gone.on((id) => void presentation.guestGone(id));

  const told = new Emitter<Told>();
  const surroundings = stack.use(
    new Surroundings({ guests, surround, mark: recorder.mark, report }),
  );
  surroundings.copied.on((news) => told.emit({ type: 'clipboard', ...news }));
  presentation.onChange(() =>
    surroundings.followScreens((id) => presentation.surfaceOf(id) !== undefined),
  );

  const changed = new Emitter<void>();
  guests.changed.on(() => changed.emit());
  presentation.onChange(() => changed.emit());

  const shutdown = Promise.withResolvers<string>();
  const started = performance.now();
  let gateway: Gateway | undefined;
  let display: DisplayDoor | undefined;
  const displayState = () => display?.state ?? { state: 'unknown' as const };
  const parts: HandlerParts = {
    boot,
    guests,
    surroundings,
    settings: new SettingsStore(store),
    help: stack.use(new Help(docsFolder)),
    presentation,
    recorder,
    sessions,
    audit,
    state: {
      changed,
      progressed,
      told,
      state: () => ({
        type: 'state',
        guests: guestsWithSurfaces(parts),
        surfaces: [...presentation.surfaces()],
      }),
    },
    probe: hypervisor.probe,
    address: () => gateway?.address ?? '',
    shutdown: shutdown.resolve,
    status: (): Status => ({
      version: packageJson.version,
      bootId: recorder.bootId,
      pid: process.pid,
      address: gateway?.address ?? '',
      uptimeMs: Math.round(performance.now() - started),
      policy: {
        profile: policy.policy.profile,
        safeMode: policy.brokenBecause !== undefined,
        file: policy.file,
        ...(policy.brokenBecause === undefined ? {} : { reason: policy.brokenBecause }),
      },
      ...hypervisor.words(),
      ...safeMode,
      ...(options.displayDoor && { display: displayState() }),
      node: process.version,
      stateDir: paths.stateDir,
      logFile: paths.logFile,
    }),
  };
  const dispatch = new Dispatch({
    handlers: makeHandlers(parts),
    policy,
    audit,
    mark: recorder.mark,
  });
  compileAll();
  await guests.reattach();
  await boot.reached('SUBSYSTEMS');

  gateway = stack.use(
    await openGateway(
      {
        dispatch,
        sessions,
        audit,
        recorder,
        viewers: presentation,
        drops: {
          take: (guest, token, body, signal) => takeDrop(parts, guest, token, body, signal),
        },
        desktop: desktopFolder,
        version: packageJson.version,
      },
      { port: options.port, socket: paths.socket },
    ),
  );
  await boot.reached('SHELL');
  const { port } = gateway;
  boot.watch(
    bootChecks({
      paths,
      policy,
      store,
      ...safeMode,
      port: () => port,
      display: () => (options.displayDoor ? displayState() : undefined),
      probe: (signal) => hypervisor.probe({ fresh: true, signal }),
    }),
  );
  if (options.displayDoor) {
    const { mark } = recorder;
    const door = { path: options.displayDoor, login: () => loginAddress(parts), mark };
    // Without it the machine has no picture of its own, and everything else.
    display = await DisplayDoor.open(door).catch((thrown: unknown) => {
      recorder.record('error', 'display', 'DOOR_CLOSED', { message: String(thrown) });
      return undefined;
    });
    if (display) stack.use(display);
  }

  const restoring = new AbortController();
  const restored =
    safeMode.safeMode === undefined
      ? restoreGuests(dispatch, guests, recorder, restoring.signal)
      : Promise.resolve();
  stack.defer(async () => {
    restoring.abort(new RayError('CANCELLED', 'RayOS is stopping'));
    await restored;
  });

  const owned = stack.move();
  return {
    gateway,
    guests,
    dispatch,
    recorder,
    policy,
    loginAddress: () => loginAddress(parts),
    shutdownAsked: shutdown.promise,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What the kernel's command line says of it: the safe-mode profile of the boot entry. */
function chosenSafeMode(isInstalled: boolean): { readonly safeMode?: string } {
  return isInstalled && kernelWords().includes('rayos.safe-mode')
    ? { safeMode: 'this machine was started in safe mode' }
    : {};
}

async function imageOf(recipe: string, key?: string) {
  const image = findGuestImage(recipe, key === undefined ? {} : { key });
  if (image) return image;
  if (key !== undefined)
    throw new RayError(
      'IMAGE_MISSING',
      `the build ${key} of the guest image "${recipe}", with which this guest's disk began, is gone`,
    );
  throw new RayError('IMAGE_MISSING', `the guest image "${recipe}" has not been built`);
}

/** The probe, asked once and remembered; and what `status` says of it. */
function probes({ cacheDir }: Paths) {
  let known: Probe | undefined;
  let missing: string | undefined;
  return {
    async probe({
      fresh,
      signal,
    }: {
      readonly fresh: boolean;
      readonly signal: AbortSignal;
    }): Promise<Probe> {
      if (known && !fresh) return known;
      try {
        known = await probeHypervisor({ cacheDir, fresh, signal, ...probeUser() });
        missing = undefined;
        return known;
      } catch (thrown) {
        missing = thrown instanceof RayError ? `${thrown.message}. ${thrown.next}` : String(thrown);
        throw thrown;
      }
    },
    words(): Pick<Status, 'qemu' | 'qemuMissing'> {
      if (known)
        return {
          qemu: {
            version: known.version,
            accelerator: known.accelerator as 'kvm' | 'tcg',
            why: known.why,
          },
        };
      return missing === undefined ? {} : { qemuMissing: missing };
    },
  };
}
