// The composition root: builds the rooms in order, each on those before it, and takes them down in the
// opposite order. Nothing else happens here.

import { join } from 'node:path';
import { Help } from '../cognition/help/help.ts';
import { RayError, type Status } from '../contracts/index.ts';
import { Audit, auditMigration, compileAll, Dispatch } from '../dispatch/index.ts';
import { DisplayDoor } from '../display/index.ts';
import { makeDirectory, openStore, type Paths, takeLock } from '../foundation/index.ts';
import { type Gateway, openGateway, Sessions, sessionMigration } from '../gateway/index.ts';
import { type Guests, guestMigration } from '../guests/index.ts';
import { isSafeMode, kernelBootId } from '../host/index.ts';
import { Recorder } from '../log/index.ts';
import { loadPolicy } from '../policy/index.ts';
import { SettingsStore, settingsMigration } from '../settings/index.ts';
import { hostedBoot, installedBoot } from './boot.ts';
import { bootChecks } from './boot-checks.ts';
import { openGuestRooms } from './guest-rooms.ts';
import {
  guestsWithSurfaces,
  type HandlerParts,
  loginAddress,
  makeHandlers,
  takeDrop,
} from './handlers.ts';
import { HypervisorProbe } from './hypervisor-probe.ts';
import { restoreGuests } from './restore.ts';
import { statusOf, version } from './status.ts';

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
  const hypervisor = new HypervisorProbe(paths.cacheDir);
  const guestRooms = stack.use(
    await openGuestRooms({
      ...{ paths, store, recorder, hypervisor },
      policy: policy.policy,
      ...safeMode,
    }),
  );
  const { guests, presentation, surroundings, changed, progressed, told } = guestRooms;

  const shutdown = Promise.withResolvers<string>();
  const started = performance.now();
  let gateway: Gateway | undefined;
  let door: DisplayDoor | undefined;
  const display = () => door?.state ?? { state: 'unknown' as const };
  const parts: HandlerParts = {
    ...{ boot, guests, surroundings, presentation, recorder, sessions, audit },
    settings: new SettingsStore(store),
    help: stack.use(new Help(docsFolder)),
    state: {
      ...{ changed, progressed, told },
      state: () => ({
        type: 'state',
        guests: guestsWithSurfaces(parts),
        surfaces: [...presentation.surfaces()],
      }),
    },
    probe: (asked) => hypervisor.probe(asked),
    address: () => gateway?.address ?? '',
    shutdown: shutdown.resolve,
    status: (): Status => ({
      ...statusOf({ recorder, policy, paths, startedMs: started }),
      address: gateway?.address ?? '',
      ...hypervisor.words,
      ...safeMode,
      ...(options.displayDoor === undefined ? {} : { display: display() }),
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
        ...{ dispatch, sessions, audit, recorder, version },
        viewers: presentation,
        drops: {
          take: (guest, token, body, signal) => takeDrop(parts, guest, token, body, signal),
        },
        desktop: desktopFolder,
      },
      { port: options.port, socket: paths.socket },
    ),
  );
  await boot.reached('SHELL');
  const { port } = gateway;
  boot.watch(
    bootChecks({
      ...{ paths, policy, store, ...safeMode },
      port: () => port,
      display: () => (options.displayDoor === undefined ? undefined : display()),
      probe: (signal) => hypervisor.probe({ fresh: true, signal }),
    }),
  );
  if (options.displayDoor !== undefined) {
    const { mark } = recorder;
    const path = options.displayDoor;
    // Without it the machine has no picture of its own, and everything else.
    door = await DisplayDoor.open({ path, login: () => loginAddress(parts), mark }).catch(
      (thrown: unknown) => {
        recorder.record('error', 'display', 'DOOR_CLOSED', { message: String(thrown) });
        return undefined;
      },
    );
    if (door) stack.use(door);
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

/** Why no guest is started, where the boot entry's safe mode runs. */
function chosenSafeMode(isInstalled: boolean): { readonly safeMode?: string } {
  return isInstalled && isSafeMode() ? { safeMode: 'this machine was started in safe mode' } : {};
}
