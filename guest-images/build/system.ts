// The disk of a guest that keeps its system on one: Debian's packages, fetched and verified by the same
// private apt as those of the initramfs, installed with their own scripts by mmdebstrap, and made into one
// ext4 filesystem in a qcow2 file.

import { cpSync, linkSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import type { Apt, Package } from '../archive/apt.ts';
import type { DiskRecipe } from '../recipe.ts';
import type { OnProgress } from './builder.ts';
import { contained, whyNotContained } from './namespace.ts';
import { writeOverlay } from './overlay.ts';
import { run, runWell } from './run.ts';

const script = join(import.meta.dirname, 'install-system.sh');

/** Throws NOT_ON_THIS_HOST when no system can be installed here; before anything is fetched. */
export async function needTools(signal?: AbortSignal): Promise<void> {
  for (const [tool, name] of [
    ['mmdebstrap', 'mmdebstrap'],
    ['qemu-img', 'qemu-utils'],
    ['mke2fs', 'e2fsprogs'],
  ] as const)
    if ((await run('sh', ['-c', `PATH=$PATH:/usr/sbin command -v ${tool}`], { signal })).code !== 0)
      throw new RayError('NOT_ON_THIS_HOST', `${tool} is missing here`, {
        remedy: `Install it: apt-get install ${name}`,
      });
  const why = whyNotContained();
  if (why !== undefined)
    throw new RayError(
      'NOT_ON_THIS_HOST',
      `a system can be installed only as root or in a user namespace with ids of one's own: ${why}`,
      { remedy: 'Install uidmap, see that /etc/subuid names you, or build it as root.' },
    );
}

/** What to fetch for `disk`: Debian's essential packages and those that it names, with dependencies. */
export function packagesOf(apt: Apt, disk: DiskRecipe): Promise<Package[]> {
  return apt.resolve(['?essential', 'apt', ...disk.packages], []);
}

/**
 * Installs `packages` (fetched and verified) and writes the finished disk to `target`. `unpacked` holds
 * the unpacked kernel package; `work` is an empty folder on the same filesystem.
 */
export async function installSystem(
  disk: DiskRecipe,
  sources: string,
  packages: readonly Package[],
  unpacked: string,
  kernelVersion: string,
  work: string,
  target: string,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(join(work, 'packages'));
  for (const { file } of packages) linkSync(file, join(work, 'packages', basename(file)));
  const overlay = join(work, 'overlay');
  mkdirSync(overlay);
  copyModules(disk, unpacked, kernelVersion, overlay);
  writeOverlay(disk.roots, overlay);
  disk.finish(overlay);
  cpSync(disk.setup, join(work, 'setup'));

  const names = disk.packages.join(',');
  const options = disk.excluded.map((pattern) => `--dpkgopt=path-exclude=${pattern}`);
  const bytes = String(disk.virtualBytes);
  const [command, args] = contained('sh', [
    script,
    ...[work, disk.label, bytes, kernelVersion, sources, names, ...options],
  ]);
  const onLine = follow(packages.length, onProgress);
  const sbin = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };
  await runWell(command, args, { signal, onLine, env: sbin });

  onProgress({ step: 'writing the disk' });
  const raw = join(work, 'system.raw');
  await runWell('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, target], { signal });
  if (statSync(target).size === 0) throw new RayError('IMAGE_BROKEN', 'qemu-img wrote nothing');
}

/** Turns the installer's words into steps. */
function follow(count: number, onProgress: OnProgress): (line: string) => void {
  let done = 0;
  return (line) => {
    if (/^(Unpacking|Setting up) /.test(line)) {
      done += 1;
      const fraction = Math.min(1, done / (2 * count));
      onProgress({ step: `installing ${count} packages`, fraction });
    } else if (line.startsWith('I: rayos: the own files'))
      onProgress({ step: 'setting up the system' });
    else if (line.startsWith('I: rayos: the disk')) onProgress({ step: 'making the disk' });
  };
}

/** The kernel's modules, unpacked from its package, without those for hardware that no guest has. */
function copyModules(disk: DiskRecipe, unpacked: string, version: string, overlay: string): void {
  const home = join('usr/lib/modules', version);
  const leftOut = disk.modulesLeftOut.map((part) => join(unpacked, home, 'kernel', part));
  const isWanted = (path: string) => !leftOut.some((out) => path === out);
  for (const name of readdirSync(join(unpacked, home)))
    if (name === 'kernel' || name.startsWith('modules.'))
      cpSync(join(unpacked, home, name), join(overlay, home, name), {
        recursive: true,
        filter: isWanted,
      });
}
