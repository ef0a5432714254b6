// Control groups, version 2: a group for each guest, made before its QEMU is put into it and removed when it
// has gone. Where RayOS is root the groups are at the top of the hierarchy, else in the subtree that was
// delegated to it. https://docs.kernel.org/admin-guide/cgroup-v2.html

import {
  accessSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../foundation/index.ts';
import { type Controller, type GroupLimits, type Holder, wantedControllers } from './holder.ts';

/** What of the machine is asked; tests give a folder of their own. */
export type CgroupSource = {
  readonly mountInfo: string;
  /** /proc/self/cgroup */
  readonly own: string;
  readonly isRoot: boolean;
};

const periodMicroseconds = 100_000;
const prefix = 'guest-';

export class Cgroups implements Holder {
  readonly #base: string;
  readonly controllers: ReadonlySet<Controller>;
  readonly missing: string | undefined;
  readonly isRequired = false;

  private constructor(base: string, controllers: ReadonlySet<Controller>) {
    this.#base = base;
    this.controllers = controllers;
    const lacking = wantedControllers.filter((each) => !controllers.has(each));
    this.missing =
      lacking.length === 0
        ? undefined
        : `cgroup v2 has no controller for ${lacking.join(', ')} here (cgroup v1 holds it, or it was not delegated)`;
  }

  /** The groups of this RayOS, by a name that is its own; or why there can be none. */
  static open(name: string, source: CgroupSource = readSource()): Cgroups | string {
    const mount = / - cgroup2 /.test(source.mountInfo)
      ? source.mountInfo
          .split('\n')
          .find((line) => line.includes(' - cgroup2 '))
          ?.split(' ')[4]
      : undefined;
    if (mount === undefined) return 'this machine has no cgroup v2';
    const own = /^0::(\/.*)$/m.exec(source.own)?.[1] ?? '/';
    const parent = source.isRoot ? mount : join(mount, own);
    try {
      accessSync(join(parent, 'cgroup.procs'), constants.W_OK);
      if (!source.isRoot) leaveTo(parent, join(parent, 'rayosd'));
      enable(parent);
      const base = join(parent, name);
      mkdirSync(base, { recursive: true });
      return new Cgroups(base, enable(base));
    } catch (cause) {
      const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
      return source.isRoot
        ? `cgroup v2 at ${mount} cannot be written to (${reason})`
        : `no cgroup was delegated to RayOS (${reason}): start it with systemd-run --user --scope -p Delegate=yes, or as root`;
    }
  }

  /** Makes a guest's group with its limits; what of them holds. */
  make(id: string, limits: GroupLimits): ReadonlySet<Controller> {
    const folder = this.#folder(id);
    mkdirSync(folder, { recursive: true });
    const held = new Set<Controller>();
    const set = (controller: Controller, file: string, value: string | undefined) => {
      if (value === undefined || !this.controllers.has(controller)) return;
      writeFileSync(join(folder, file), value);
      held.add(controller);
    };
    const { memoryBytes, cpuPercent, processes } = limits;
    set('memory', 'memory.max', memoryBytes?.toString());
    set(
      'cpu',
      'cpu.max',
      cpuPercent === undefined
        ? undefined
        : `${Math.round((cpuPercent * periodMicroseconds) / 100)} ${periodMicroseconds}`,
    );
    set('pids', 'pids.max', processes?.toString());
    return held;
  }

  /** What holds a process: the limits that stand in the guest's group, if the process is in it. */
  held(id: string, pid: number): ReadonlySet<Controller> {
    const read = (file: string) => {
      try {
        return readFileSync(join(this.#folder(id), file), 'utf8').trim();
      } catch {
        return ''; // there is no such group, or no such limit in it
      }
    };
    if (!read('cgroup.procs').split('\n').includes(String(pid))) return new Set();
    const files = { cpu: 'cpu.max', memory: 'memory.max', pids: 'pids.max' } as const;
    return new Set(wantedControllers.filter((each) => !/^(max|$)/.test(read(files[each]))));
  }

  /** Puts a process into a guest's group, with all that it will start. */
  place(id: string, pid: number): void {
    writeFileSync(join(this.#folder(id), 'cgroup.procs'), String(pid));
  }

  async hold(id: string, pids: readonly number[], limits: GroupLimits): Promise<void> {
    this.make(id, limits);
    for (const pid of pids) this.place(id, pid);
  }

  /** Removes a guest's group, once its last process has gone; one that stays is swept later. */
  async remove(id: string): Promise<void> {
    for (let tries = 0; tries < 20; tries++) {
      if (removed(this.#folder(id))) return;
      await sleep(50);
    }
  }

  /** Removes the groups in which nothing runs. */
  sweep(): void {
    for (const name of readdirSync(this.#base))
      if (name.startsWith(prefix)) removed(join(this.#base, name));
  }

  /** Takes the groups away altogether, if nothing runs in them. */
  dispose(): void {
    removed(this.#base);
  }

  #folder(id: string): string {
    return join(this.#base, `${prefix}${id}`);
  }
}

function readSource(): CgroupSource {
  return {
    mountInfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    own: readFileSync('/proc/self/cgroup', 'utf8'),
    isRoot: process.getuid?.() === 0,
  };
}

/** A group with limits for its children may have no process itself: this one moves into a leaf. */
function leaveTo(parent: string, leaf: string): void {
  mkdirSync(leaf, { recursive: true });
  writeFileSync(join(leaf, 'cgroup.procs'), String(process.pid));
  accessSync(join(parent, 'cgroup.subtree_control'), constants.W_OK);
}

/** Turns on the wanted controllers for a group's children, each by itself; those that are on then. */
function enable(folder: string): ReadonlySet<Controller> {
  const control = join(folder, 'cgroup.subtree_control');
  for (const controller of wantedControllers) {
    try {
      writeFileSync(control, `+${controller}`);
    } catch {
      // Not available here: seen below.
    }
  }
  const on = readFileSync(control, 'utf8').trim().split(/\s+/);
  return new Set(wantedControllers.filter((each) => on.includes(each)));
}

function removed(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
  }
}
