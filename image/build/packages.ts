// Which Debian packages a build takes, and that they are here: those of the lock; or, where the lock cannot
// be kept to, those that the archive has today, and then it is said which ones differ.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { RayError } from '../../src/contracts/index.ts';
import { writeDurable } from '../../src/foundation/index.ts';
import type { Archive } from './archive.ts';
import {
  byId,
  type Drift,
  driftOf,
  formatLock,
  idOf,
  type Lock,
  type LockedPackage,
  type Part,
  parseLock,
  parts,
  type Wanted,
} from './lock.ts';

/**
 * `exact`: only what the lock says, an error where that is not to be had. `drift`: what the archive has
 * today, where the lock's packages are not to be had. `update`: what the archive has today, and it becomes
 * the lock.
 */
export type LockMode = 'exact' | 'drift' | 'update';

export type LockState = {
  readonly lock: 'kept' | 'drifted';
  readonly drift: readonly Drift[];
};

export type PackageChoice = {
  /** The packages of these parts, with their files fetched and verified. */
  choose(
    archive: Archive,
    wanted: Partial<Wanted>,
    onProgress: OnProgress,
  ): Promise<LockedPackage[]>;
  /** After all parts were chosen: how they compare with the lock; with mode `update` the lock is written. */
  finish(): LockState;
};

/** The lock file of the images for one architecture. */
export const lockFile = (architecture: string) =>
  join(import.meta.dirname, `../packages-${architecture}.lock`);

export function openChoice(path: string, mode: LockMode): PackageChoice {
  const lock = mode === 'update' ? undefined : readLock(path);
  // By name and architecture.
  const used = new Map<string, LockedPackage>();
  const asked = new Map<Part, readonly string[]>();
  let isFromLock = true;
  return {
    async choose(archive, wanted, onProgress) {
      const names = Object.keys(wanted) as Part[];
      for (const part of names) asked.set(part, wanted[part] ?? []);
      const chosen = await chooseOne(archive, names, wanted, onProgress);
      for (const p of chosen) {
        const before = used.get(idOf(p));
        used.set(idOf(p), { ...p, parts: [...(before?.parts ?? []), ...p.parts] });
      }
      return chosen;
    },
    finish() {
      const packages = [...used.values()].sort(byId);
      if (mode === 'update') {
        const [image = [], initrd = [], recovery = [], tools = []] = parts.map((part) =>
          asked.get(part),
        );
        const date = new Date().toISOString().slice(0, 10);
        const next: Lock = { date, wanted: { image, initrd, recovery, tools }, packages };
        writeDurable(path, formatLock(next), { mode: 0o644 });
      }
      if (isFromLock || mode === 'update') return { lock: 'kept', drift: [] };
      // Another list of names may well need the same packages.
      const drift = driftOf(lock ?? { packages: [] }, packages);
      if (drift.length > 0 && mode === 'exact') throw notKept([]);
      return { lock: drift.length === 0 ? 'kept' : 'drifted', drift };
    },
  };

  async function chooseOne(
    archive: Archive,
    names: readonly Part[],
    wanted: Partial<Wanted>,
    onProgress: OnProgress,
  ): Promise<LockedPackage[]> {
    if (lock !== undefined) {
      const isMadeFor = names.every((part) => isSame(lock.wanted[part], wanted[part] ?? []));
      const locked = lock.packages
        .map((p) => ({ ...p, parts: p.parts.filter((part) => names.includes(part)) }))
        .filter((p) => p.parts.length > 0);
      const gone = isMadeFor ? await archive.fetch(locked, onProgress) : [];
      if (isMadeFor && gone.length === 0) return locked;
      if (gone.length > 0 && mode === 'exact') throw notKept(gone);
    }
    isFromLock = false;
    const today = await archive.resolve(wanted, onProgress);
    const lost = await archive.fetch(today, onProgress);
    if (lost.length > 0)
      throw new RayError('IMAGE_MISSING', `the archive lists ${list(lost)} and has no such file`);
    return today;
  }
}

/** Names a set of packages: the same for the same files. */
export function packagesKey(packages: readonly LockedPackage[]): string {
  const hash = createHash('sha256');
  for (const p of [...packages].sort(byId)) hash.update(`${p.name} ${p.sha256}\n`);
  return hash.digest('hex').slice(0, 12);
}

/** What a person is told of a build that did not keep to the lock. */
export function driftWords({ drift }: LockState): string {
  const lines = drift.map(
    ({ name, locked, used }) => `  ${name}: locked ${locked ?? '(none)'}, used ${used ?? '(none)'}`,
  );
  return [
    `THE LOCK OF THE IMAGE'S PACKAGES WAS NOT KEPT: ${drift.length} packages differ from it.`,
    ...lines,
    'The archive no longer has locked versions, or the lists of packages were changed.',
    'To build as this: npm run image -- --update-lock, and commit the lock file.',
  ].join('\n');
}

function readLock(path: string): Lock | undefined {
  return existsSync(path) ? parseLock(readFileSync(path, 'utf8')) : undefined;
}

function isSame(before: readonly string[], now: readonly string[]): boolean {
  const words = (names: readonly string[]) => [...new Set(names)].sort().join(' ');
  return words(before) === words(now);
}

function notKept(gone: readonly LockedPackage[]): RayError {
  const why =
    gone.length > 0
      ? `the archive no longer has ${list(gone)}`
      : 'it was made for other lists of packages, or is missing';
  return new RayError('BUILD_FAILED', `the lock of the image's packages cannot be kept: ${why}`, {
    remedy:
      'Take what the archive has now: npm run image -- --update-lock, and commit the lock file.',
  });
}

function list(packages: readonly LockedPackage[]): string {
  const names = packages.map(({ name, version }) => `${name} ${version}`);
  const more = names.length > 8 ? [`${names.length - 8} more`] : [];
  return [...names.slice(0, 8), ...more].join(', ');
}
