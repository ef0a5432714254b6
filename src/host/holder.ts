// What holds processes to limits, whoever does it: RayOS's own control groups, or scopes of systemd.

export type Controller = 'cpu' | 'memory' | 'pids';
export const wantedControllers: readonly Controller[] = ['cpu', 'memory', 'pids'];

/** Limits as the kernel's files want them. */
export type GroupLimits = {
  readonly memoryBytes?: number;
  /** Of one processor. */
  readonly cpuPercent?: number;
  readonly processes?: number;
};

export type Holder = {
  readonly controllers: ReadonlySet<Controller>;
  /** Why controllers that are wanted are not there; undefined when all are. */
  readonly missing: string | undefined;
  /** Whether a guest that could not be held must not run: it would be under the limits of rayosd itself. */
  readonly isRequired: boolean;
  /** Puts a guest's processes under these limits; resolves when they are seen there. Throws when they are not. */
  hold(id: string, pids: readonly number[], limits: GroupLimits): Promise<void>;
  /** The limits that a guest's process is found under. */
  held(id: string, pid: number): ReadonlySet<Controller>;
  /** A guest's processes have gone. */
  remove(id: string): Promise<void>;
  /** Removes what nothing runs in. */
  sweep(): void;
};
