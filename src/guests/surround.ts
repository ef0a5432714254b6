// What a guest's machine gets of its surroundings: network, shared folders, limits. Asked when a machine is
// made and when its QEMU is started; says in words what holds.

import { chmodSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asRayError, type GuestDetail, RayError, type SharedFolder } from '../contracts/index.ts';
import { makeDirectory, type Paths } from '../foundation/index.ts';
import { Cgroups, findPasst, type GroupLimits, type Holder, Scopes } from '../host/index.ts';
import type { Device, MachineConfig } from '../hypervisor/index.ts';
import { defaultFolders, type PolicyFile } from '../policy/index.ts';
import { dropName, prepareDrops } from './drops.ts';
import {
  admitFolder,
  checkReadable,
  type FolderRules,
  folderDevices,
  folderName,
  systemFolders,
} from './folders.ts';
import { groupLimits, limitsHeldBy } from './limits.ts';
import { devicesOf, wordsOf } from './machine.ts';
import { checkForwards, checkProfile, networkDevices, networkOpens, passtLink } from './network.ts';
import { startNetwork } from './network-link.ts';
import { pendingChanges, runsWithOtherNetwork } from './pending.ts';
import { guestUser, type Places } from './places.ts';
import type { GuestRow } from './registry.ts';
import { machineToWake } from './waking.ts';

export type SurroundParts = {
  readonly paths: Paths;
  readonly policy: PolicyFile;
  report(what: string, error: RayError): void;
  /** For tests: as if it were found there, or nowhere. */
  readonly passt?: string | undefined;
  /** For tests: as if this one held guests to their limits. */
  readonly holder?: Holder;
};

/** What was prepared for one start of QEMU; disposing of it closes our ends, and ends what has not begun. */
export type Prepared = Disposable & {
  readonly connected: ReadonlyMap<string, number>;
  /** Processes that run beside QEMU, for this guest alone. They wait until they are told to begin. */
  readonly beside: readonly number[];
  /** Lets the processes beside QEMU begin, which are held by now. */
  begin(): void;
};

export class Surround {
  readonly #parts: SurroundParts;
  readonly #cgroups: Holder | string;
  readonly #passt: string | undefined;

  constructor(parts: SurroundParts) {
    this.#parts = parts;
    this.#passt = 'passt' in parts ? parts.passt : findPasst();
    this.#cgroups =
      parts.holder ??
      Scopes.open('guest') ??
      Cgroups.open(`rayos-${parts.paths.runtimeDir.replace(/\W+/g, '-').slice(1)}`);
    if (typeof this.#cgroups !== 'string') this.#cgroups.sweep();
  }

  /** The devices of a guest's network and folders. Throws POLICY_DENIED, BAD_REQUEST. */
  devices(row: GuestRow, places: Places): Device[] {
    const { spec } = row;
    this.check(spec);
    return [...networkDevices(spec, this.#passt !== undefined), ...this.#openFolders(row, places)];
  }

  /**
   * The machine that a guest was saved with, with what was taken from the guest since left empty. Throws
   * POLICY_DENIED, GUEST_CANNOT where that cannot be.
   */
  wake(saved: MachineConfig, row: GuestRow, places: Places): MachineConfig {
    const { policy, paths } = this.#parts;
    const nothing = join(places.runtimeDir, 'nothing');
    makeDirectory(nothing, 0o755);
    chmodSync(nothing, 0o755);
    return machineToWake(saved, row, {
      network: policy.guests.network,
      policyFile: paths.policyFile,
      folders: this.#openFolders(row, places),
      nothing,
    });
  }

  /** Whether policy allows what a guest is to have. Throws POLICY_DENIED, BAD_REQUEST. */
  check({ network, forwards }: Pick<GuestRow['spec'], 'network' | 'forwards'>): void {
    const { policy, paths } = this.#parts;
    checkProfile(network, policy.guests.network, paths.policyFile);
    checkForwards(forwards);
  }

  /** A folder as it may be shared with this guest. Throws POLICY_DENIED, FILE_UNREADABLE, GUEST_EXISTS. */
  admit(
    row: GuestRow,
    wanted: { readonly path: string; readonly name?: string; readonly writable?: boolean },
  ): SharedFolder {
    const path = admitFolder(wanted.path, this.#folderRules());
    checkReadable(path, guestUser(row).uid);
    const name = folderName(path, wanted.name);
    if (name === dropName)
      throw new RayError('BAD_REQUEST', `${dropName} is the folder of dropped files`, {
        command: 'folder share',
      });
    if (row.spec.folders.some((folder) => folder.name === name))
      throw new RayError('BAD_REQUEST', `${row.title} sees a folder called ${name} already`, {
        command: 'folder share',
      });
    return { name, path, writable: wanted.writable ?? false };
  }

  /** Starts what the machine's devices need, for a QEMU that is started next. */
  prepare(machine: MachineConfig, row: GuestRow, places: Places): Prepared {
    const needsLink = machine.devices.some((device) => device.kind === 'network-socket');
    const { report } = this.#parts;
    const link = needsLink ? startNetwork(row, places, { passt: this.#passt, report }) : undefined;
    return {
      connected: new Map(link === undefined ? [] : [[passtLink, link.fd]]),
      beside: link?.pid === undefined ? [] : [link.pid],
      begin: () => link?.begin(),
      [Symbol.dispose]: () => link?.[Symbol.dispose](),
    };
  }

  /**
   * Puts the processes of a machine, QEMU first, under its limits, before they do anything. Throws GUEST_CANNOT
   * where it may not run without; else what does not hold is told.
   */
  async hold(
    row: GuestRow,
    pids: readonly [number, ...number[]],
    machine: MachineConfig,
  ): Promise<void> {
    if (typeof this.#cgroups === 'string') return;
    try {
      await this.#cgroups.hold(row.id, pids, limitsOf(row, machine));
    } catch (thrown) {
      if (this.#cgroups.isRequired) throw notHeld(row, asRayError(thrown));
      this.#tellNotHeld(row, thrown);
    }
  }

  /**
   * A QEMU that runs from before is put under its limits, if rayosd ended before it had done so. What was beside
   * it had not begun then, and has ended with rayosd. Never throws.
   */
  async holdAgain(row: GuestRow, pid: number): Promise<void> {
    if (typeof this.#cgroups === 'string' || row.machine === undefined) return;
    if (this.#cgroups.held(row.id, pid).size > 0) return;
    try {
      await this.#cgroups.hold(row.id, [pid], limitsOf(row, row.machine));
    } catch (thrown) {
      this.#tellNotHeld(row, thrown);
    }
  }

  /** A guest's QEMU has gone. */
  letGo(id: string): void {
    if (typeof this.#cgroups !== 'string') void this.#cgroups.remove(id);
  }

  /** What holds of a guest, in words. */
  describe(
    row: GuestRow,
    detail: GuestDetail,
    places: Places,
  ): Pick<GuestDetail, 'network' | 'limits' | 'isolation' | 'devices' | 'atNextStart'> {
    const { spec } = row;
    const hasPasst = this.#passt !== undefined;
    const devices = [...networkDevices(spec, hasPasst), ...folderDevices(spec.folders)];
    const running = detail.pid === undefined ? undefined : row.machine;
    const wanted = [...devicesOf(spec, places), ...devices];
    const opens =
      running !== undefined && runsWithOtherNetwork(running, devices)
        ? `what its network opened when it was started; from its next start: ${networkOpens(spec, hasPasst)}`
        : networkOpens(spec, hasPasst);
    const missing = detail.isolation.missing.filter((words) => !/cgroup yet/.test(words));
    const heldBy = limitsHeldBy(
      { spec, memoryMiB: running?.memoryMiB ?? row.memoryMiB },
      this.#cgroups,
      detail.pid === undefined || typeof this.#cgroups === 'string'
        ? undefined
        : this.#cgroups.held(row.id, detail.pid),
    );
    const lacking = typeof this.#cgroups === 'string' ? this.#cgroups : this.#cgroups.missing;
    return {
      devices: [...detail.devices, ...devices.map(wordsOf)],
      limits: { ...detail.limits, heldBy },
      network: { ...detail.network, opens },
      atNextStart: running === undefined ? [] : pendingChanges(running, row, wanted),
      isolation: {
        ...detail.isolation,
        network: `${spec.network}: ${opens}`,
        missing: [...missing, ...(lacking === undefined ? [] : [`limits by a cgroup: ${lacking}`])],
      },
    };
  }

  #tellNotHeld({ title }: GuestRow, thrown: unknown): void {
    this.#parts.report(`${title} is not held by a cgroup`, asRayError(thrown));
  }

  /** The devices of the folders that a guest may see, that for dropped files among them. */
  #openFolders(row: GuestRow, places: Places): Device[] {
    prepareDrops(places);
    const folders = row.spec.folders.filter((folder) => this.#isStillOpen(row, folder));
    return folderDevices([...folders, { name: dropName, path: places.dropDir, writable: false }]);
  }

  #isStillOpen(row: Pick<GuestRow, 'uid' | 'title'>, { path }: SharedFolder): boolean {
    try {
      if (admitFolder(path, this.#folderRules()) !== path)
        throw new RayError('FILE_UNREADABLE', `${path} is a link now`, { path });
      checkReadable(path, guestUser(row).uid);
      return true;
    } catch (thrown) {
      this.#parts.report(`${row.title} is not given ${path}`, asRayError(thrown));
      return false;
    }
  }

  #folderRules(): FolderRules {
    const { policy, paths } = this.#parts;
    return {
      allow: policy.folders?.allow ?? defaultFolders,
      home: homedir(),
      never: [...systemFolders, paths.stateDir, paths.runtimeDir, paths.cacheDir],
      policyFile: paths.policyFile,
    };
  }
}

function limitsOf(row: GuestRow, { accelerator, memoryMiB }: MachineConfig): GroupLimits {
  return groupLimits({ ...row, memoryMiB }, accelerator);
}

function notHeld({ name, title }: GuestRow, cause: RayError): RayError {
  return new RayError(
    'GUEST_CANNOT',
    `${title} could not be put under limits of its own: ${cause.message}`,
    { remedy: `Start it again: rayos guest start ${name}` },
    cause,
  );
}
