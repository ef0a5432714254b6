// The tools tree: a Debian 13 of its own that holds mkosi, repart, ukify and the filesystems' makers, so that
// it does not matter what the machine has. Kept in the cache, named by its packages.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { OnProgress } from '../../guest-images/build/builder.ts';
import { contained, remove } from '../../guest-images/build/namespace.ts';
import { runWell } from '../../guest-images/build/run.ts';
import { asRayError, RayError } from '../../src/contracts/index.ts';
import type { Target } from './architecture.ts';
import type { Archive } from './archive.ts';
import { putInPlace } from './durable.ts';
import type { LockedPackage } from './lock.ts';
import { packagesKey } from './packages.ts';
import { makeRepository, scratchFolder } from './repository.ts';

const packagesForAll =
  'mkosi systemd-repart systemd-ukify systemd-boot-efi systemd-boot-tools systemd udev erofs-utils ' +
  'btrfs-progs dosfstools mtools e2fsprogs cryptsetup-bin zstd xz-utils cpio kmod apt dpkg ' +
  'debian-archive-keyring ca-certificates python3-pefile sbsigntool efitools bubblewrap uidmap openssl binutils ' +
  'util-linux fdisk';

const enterScript = join(import.meta.dirname, 'enter.sh');

/** A finished tools tree. */
export type Tools = {
  readonly directory: string;
  /** Names its packages. */
  readonly key: string;
  /** Runs a program in the tree, with `work` at its own path as the current folder; it has to succeed. */
  run(
    work: string,
    command: readonly string[],
    options?: {
      readonly signal?: AbortSignal | undefined;
      readonly onLine?: (line: string) => void;
    },
  ): Promise<Buffer>;
};

/** The packages that the tools tree is asked for. */
export function toolNames(target: Target): string[] {
  return [...packagesForAll.split(' '), ...target.tools];
}

/** Makes the tools tree of `packages` in `cacheDir` unless it is there. The caller holds the cache's lock. */
export async function makeTools(
  cacheDir: string,
  archive: Archive,
  packages: readonly LockedPackage[],
  target: Target,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<Tools> {
  const key = packagesKey(packages);
  const directory = join(cacheDir, `tools.${key}`);
  for (const name of readdirSync(cacheDir))
    if (name.startsWith('tools.') && name !== `tools.${key}`) remove(join(cacheDir, name));
  if (!existsSync(directory)) {
    using repository = scratchFolder(cacheDir, '.tools-packages-');
    await makeRepository(repository.path, packages, archive, onProgress, signal);
    await install(
      repository.path,
      toolNames(target),
      directory,
      packages.length,
      onProgress,
      signal,
    );
  }
  const tools: Tools = {
    directory,
    key,
    async run(work, command, options = {}) {
      const [program, args] = contained('sh', [enterScript, directory, work, ...command]);
      const env = target.emulator === undefined ? {} : { EMULATOR: target.emulator };
      return runWell(program, args, { ...options, env });
    },
  };
  if (target.emulator !== undefined) await needEmulation(tools, cacheDir, target, signal);
  return tools;
}

/** That this kernel lets a build have a rule of its own for foreign programs; see emulate.sh. */
async function needEmulation(
  tools: Tools,
  cacheDir: string,
  { architecture }: Target,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await tools.run(cacheDir, ['true'], { signal });
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    const { message } = asRayError(thrown);
    throw new RayError(
      'NOT_ON_THIS_HOST',
      `programs for ${architecture} cannot be run here, and the build has to: ${message}`,
      { remedy: 'Build it on Linux 6.7 or newer, with binfmt_misc and user namespaces.' },
      thrown,
    );
  }
}

async function install(
  repository: string,
  names: readonly string[],
  directory: string,
  count: number,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  onProgress({ step: 'setting up the build tools' });
  const unfinished = `${directory}.unfinished`;
  let done = 0;
  const onLine = (line: string) => {
    if (!/^(Unpacking|Setting up) /.test(line)) return;
    done += 1;
    onProgress({ step: 'setting up the build tools', fraction: Math.min(1, done / (2 * count)) });
  };
  const options = [
    '--verbose',
    '--mode=root',
    '--format=directory',
    '--variant=apt',
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Sandbox::User "root"',
    '--dpkgopt=force-unsafe-io',
    `--include=${names.join(',')}`,
  ];
  // Trusted: each file in it was verified against the lock. Copied, as the folder is not seen in the new root.
  const source = `deb [trusted=yes] copy:${repository} ./`;
  const [program, args] = contained('mmdebstrap', [...options, 'trixie', unfinished, source]);
  await runWell(program, args, { signal, onLine });
  await putInPlace(unfinished, directory, signal);
}
