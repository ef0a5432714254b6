// Debian's archive as the image's packages come from it: which ones a list of names needs today, and the
// files of those that a lock names. By the private apt of the guest images, with firmware added.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Apt } from '../../guest-images/archive/apt.ts';
import { findDebianArchive, readSources } from '../../guest-images/archive/sources.ts';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { run } from '../../guest-images/build/run.ts';
import { sha256 } from '../../guest-images/build/unpack.ts';
import { RayError } from '../../src/contracts/index.ts';
import { byId, type LockedPackage, type Part, parts, type Wanted } from './lock.ts';

/** Firmware and microcode are not free software, and no common computer runs without them. */
const components = 'main non-free-firmware';
const suite = 'trixie';

/** What debootstrap would install for each part, besides what the part asks for. */
const base: Readonly<Record<Part, readonly string[]>> = {
  image: ['?essential', 'base-files'],
  initrd: ['?essential', 'base-files'],
  recovery: ['?essential', 'base-files'],
  tools: ['?essential', 'apt'],
};

export type Archive = {
  /** Every package that `wanted` needs, as the archive has it today. Asks the network. */
  resolve(wanted: Partial<Wanted>, onProgress: OnProgress): Promise<LockedPackage[]>;
  /**
   * Brings the files of `packages` into the folder of `fileOf`, each with the hash that it has to have.
   * Asks the network only for those that are not there. Returns the ones that the archive no longer has.
   */
  fetch(packages: readonly LockedPackage[], onProgress: OnProgress): Promise<LockedPackage[]>;
  /** Where the package's file is once it was fetched. */
  fileOf(wanted: LockedPackage): string;
};

/** The archive that this machine's sources name. `folder` keeps its lists, and the packages fetched. */
export function openArchive(
  folder: string,
  architecture: 'amd64' | 'arm64',
  signal?: AbortSignal,
): Archive {
  const archive = findDebianArchive(readSources());
  if (archive === undefined)
    throw new RayError(
      'NOT_ON_THIS_HOST',
      'the image is built on machines whose apt sources name a Debian archive',
      { remedy: 'Build it on Debian 12 or 13.' },
    );
  mkdirSync(folder, { recursive: true });
  const apt = new Apt({ directory: folder, archive, suite, architecture, signal });
  const sources = readFileSync(apt.sourcesFile, 'utf8');
  writeFileSync(
    apt.sourcesFile,
    sources.replaceAll(/^Components: .*$/gm, `Components: ${components}`),
  );
  let isUpdated = false;
  const update = async (onProgress: OnProgress) => {
    if (isUpdated) return;
    onProgress({ step: 'reading the lists of Debian packages' });
    await apt.update();
    isUpdated = true;
  };
  const debs = join(folder, 'archives');
  const fileOf = ({ name, version, architecture }: LockedPackage) =>
    join(debs, `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`);

  return {
    fileOf,
    async resolve(wanted, onProgress) {
      await update(onProgress);
      onProgress({ step: 'choosing packages' });
      const found = new Map<string, LockedPackage>();
      for (const part of parts) {
        const names = wanted[part];
        if (names === undefined) continue;
        for (const { name, version, sha256, file } of await apt.resolve(
          [...base[part], ...names],
          [],
        )) {
          const architecture = /_([a-z0-9]+)\.deb$/.exec(basename(file))?.[1] ?? '';
          const inParts = [...(found.get(name)?.parts ?? []), part];
          found.set(name, { name, version, architecture, sha256, parts: inParts });
        }
      }
      return [...found.values()].sort(byId);
    },
    async fetch(packages, onProgress) {
      const missing: LockedPackage[] = [];
      for (const [index, wanted] of packages.entries()) {
        onProgress({ step: 'verifying the packages', fraction: index / packages.length });
        if (!(await isThere(fileOf(wanted), wanted.sha256))) missing.push(wanted);
      }
      if (missing.length === 0) return [];
      await update(onProgress);
      const { had, gone } = await ask(folder, missing, signal);
      // None of them at all: rather the archive was not reached, and this says why.
      if (had.length === 0) await apt.resolve(['base-files'], []);
      for (const [index, wanted] of had.entries()) {
        const step = `fetching ${had.length} packages`;
        onProgress({ step, fraction: index / had.length });
        // Some at a time: a fraction to show, and no command line without end.
        if (index % 16 === 0) await download(folder, had.slice(index, index + 16), signal);
        if (!(await isThere(fileOf(wanted), wanted.sha256))) gone.push(wanted);
      }
      return gone;
    },
  };
}

/** Whether the file is there with this hash; one with another hash is removed. */
async function isThere(path: string, hash: string): Promise<boolean> {
  if (!existsSync(path)) return false;
  if ((await sha256(path)) === hash) return true;
  rmSync(path);
  return false;
}

const nameAndVersion = ({ name, version }: LockedPackage) => `${name}=${version}`;

/** Which of these the archive still has, in the same version and with the same hash. */
async function ask(folder: string, packages: readonly LockedPackage[], signal?: AbortSignal) {
  const args = ['-c', join(folder, 'apt.conf'), 'show', ...packages.map(nameAndVersion)];
  // Ends badly when one is unknown, having shown the others.
  const { output } = await run('apt-cache', args, { signal });
  const hashes = new Set(
    [...output.toString().matchAll(/^SHA256: ([0-9a-f]{64})$/gm)].map(([, hash]) => hash),
  );
  return {
    had: packages.filter((p) => hashes.has(p.sha256)),
    gone: packages.filter((p) => !hashes.has(p.sha256)),
  };
}

async function download(folder: string, packages: readonly LockedPackage[], signal?: AbortSignal) {
  const partial = join(folder, 'archives/partial');
  const args = ['-c', join(folder, 'apt.conf'), '-q', 'download', ...packages.map(nameAndVersion)];
  // As root: the folder belongs to it, and apt's own user could not write there.
  const options = ['-o', 'APT::Sandbox::User=root'];
  const { code, errors } = await run('apt-get', [...options, ...args], { signal, cwd: partial });
  if (code !== 0)
    throw new RayError(
      /no space left|not enough free space/i.test(errors) ? 'STATE_UNWRITABLE' : 'IMAGE_MISSING',
      `the image's packages cannot be fetched: ${errors.trim().split('\n').slice(-2).join(' · ')}`,
      { path: folder },
    );
  for (const { name, version, architecture } of packages) {
    const file = `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`;
    if (existsSync(join(partial, file)))
      renameSync(join(partial, file), join(folder, 'archives', file));
  }
}
